import { parseForeignName } from '#kernel';
import { mergeScopes, repositoryScope } from '../auth/scope.ts';
import type { BlobDescriptor } from '../content/descriptor.ts';
import { type Answer, discard } from '../http/answer.ts';
import type { BlobSource, PutBlobOptions, PutBlobResult } from '../registry-client.ts';
import type { RepositoryParts } from '../repository-parts.ts';
import { transferErrors } from '../transfer-errors.ts';
import { BlobReader } from './blob-reader.ts';
import {
  askProgress,
  bodyHeaders,
  closeUpload,
  sendChunk,
  sessionOf,
  type Upload,
  type UploadProgress,
  type UploadSession,
} from './upload-session.ts';

export async function putBlob(
  parts: RepositoryParts,
  blob: BlobDescriptor,
  source: BlobSource,
  options: PutBlobOptions = {},
): Promise<PutBlobResult> {
  await using reader = new BlobReader(source, blob);
  const { mountFrom, signal } = options;
  const upload: Upload = { parts, blob, reader, signal };
  try {
    const mounting = mountFrom === undefined ? undefined : await mount(upload, mountFrom);
    if (mounting === 'mounted') return 'mounted';
    await send(upload, options, mounting);
    return 'uploaded';
  } catch (error) {
    throw reader.failure ?? error;
  }
}

/** The session that registries open which do not mount; none where they would not even hear of it. */
async function mount(upload: Upload, from: string): Promise<'mounted' | UploadSession | undefined> {
  const { parts, blob } = upload;
  const source = parseForeignName(from);
  const query = `?mount=${encodeURIComponent(blob.digest)}&from=${encodeURIComponent(source)}`;
  const pull = repositoryScope(source, 'pull');
  const push = repositoryScope(parts.name, 'pull', 'push');
  try {
    const answer = await start(upload, { query, scope: mergeScopes(push, pull) });
    return answer.status === 201 ? 'mounted' : sessionOf(answer);
  } catch (error) {
    const isNotHeard =
      transferErrors.is(error) && ['REGISTRY_DENIED', 'REGISTRY_REFUSED'].includes(error.code);
    if (!isNotHeard) throw error;
    return undefined;
  }
}

async function send(
  upload: Upload,
  { way = { kind: 'whole' } }: PutBlobOptions,
  opened: UploadSession | undefined,
): Promise<void> {
  const isAtOnce = way.kind === 'single-request' && opened === undefined;
  const session = opened ?? (isAtOnce ? await sendAtOnce(upload) : sessionOf(await start(upload)));
  if (session === undefined) return;
  const begun = { place: session.place, at: 0 };
  const progress =
    way.kind === 'chunks'
      ? await sendChunks(upload, begun, Math.max(way.chunkBytes, session.leastBytes))
      : begun;
  await closeUpload(upload, progress);
}

/** Gives the session that a registry opens which does not know this way. */
async function sendAtOnce(upload: Upload): Promise<UploadSession | undefined> {
  const { blob, reader } = upload;
  const answer = await start(upload, {
    query: `?digest=${encodeURIComponent(blob.digest)}`,
    headers: bodyHeaders(blob.size),
    body: () => reader.piece(0, blob.size),
  });
  return answer.status === 201 ? undefined : sessionOf(answer);
}

type Start = Partial<Pick<Parameters<RepositoryParts['call']>[0], 'scope' | 'headers' | 'body'>> & {
  readonly query?: string;
};

async function start(
  { parts: { call, name }, blob, signal }: Upload,
  { query = '', ...request }: Start = {},
): Promise<Answer> {
  const answer = await call({
    method: 'POST',
    target: `/v2/${name}/blobs/uploads/${query}`,
    scope: repositoryScope(name, 'pull', 'push'),
    intent: `begin an upload of ${blob.digest} for ${name}`,
    statuses: [201, 202],
    signal,
    ...request,
  });
  await discard(answer);
  return answer;
}

/** Goes on after a broken connection where the registry stands, if it came any further since the last. */
async function sendChunks(
  upload: Upload,
  begun: UploadProgress,
  chunkBytes: number,
): Promise<UploadProgress> {
  const { size } = upload.blob;
  let progress = begun;
  let resumedAt = -1;
  while (progress.at < size) {
    try {
      progress = await sendChunk(upload, progress, Math.min(progress.at + chunkBytes, size));
    } catch (error) {
      if (!isBroken(error) || upload.reader.failure !== undefined) throw error;
      progress = await askProgress(upload, progress.place);
      if (progress.at <= resumedAt) throw error;
      resumedAt = progress.at;
    }
  }
  return progress;
}

function isBroken(error: unknown): boolean {
  return transferErrors.is(error) && error.code === 'REGISTRY_UNREACHABLE';
}
