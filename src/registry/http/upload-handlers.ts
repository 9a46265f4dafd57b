import { headerNames, type RepositoryName } from '#kernel';
import type { BlobDescriptor, UploadProgress } from '../registry.ts';
import { callerOf, type Exchange, type Handler, uploadBodyOf } from './exchange.ts';
import { formatRegistryUrl, type MountSource } from './registry-request.ts';
import { replyEmpty } from './reply.ts';

export const startUpload: Handler<'upload-start'> = async (exchange, asked) => {
  const { registry, visit } = exchange;
  const mounted = asked.mount && (await mount(exchange, asked.mount));
  if (mounted !== undefined) return replyCreated(exchange, mounted);
  if (asked.digest === undefined) {
    return replyProgress(exchange, 202, await registry.uploads.start(visit));
  }
  const body = uploadBodyOf(exchange);
  replyCreated(exchange, await registry.uploads.put(visit, asked.digest, body));
};

export const getUpload: Handler<'upload-status'> = async (exchange, { id }) => {
  replyProgress(exchange, 204, await exchange.registry.uploads.find(exchange.visit, id));
};

export const appendToUpload: Handler<'upload-append'> = async (exchange, { id }) => {
  const { registry, visit } = exchange;
  const body = uploadBodyOf(exchange);
  const upload = await (body === undefined
    ? registry.uploads.find(visit, id)
    : registry.uploads.append(visit, id, body));
  replyProgress(exchange, 202, upload);
};

export const finishUpload: Handler<'upload-finish'> = async (exchange, { id, digest }) => {
  const { registry, visit } = exchange;
  const blob = await registry.uploads.finish(visit, id, digest, uploadBodyOf(exchange));
  replyCreated(exchange, blob);
};

export const cancelUpload: Handler<'upload-cancel'> = async (exchange, { id }) => {
  await exchange.registry.uploads.cancel(exchange.visit, id);
  replyEmpty(exchange.response, 204, {});
};

/**
 * The blob, when the caller may pull it from the source. A source that they may not read gives what
 * a missing blob gives: nothing, and the upload begins.
 */
async function mount(
  { request, registry, access, visit }: Exchange,
  { digest, from }: MountSource,
): Promise<BlobDescriptor | undefined> {
  if (from === undefined) return undefined;
  const caller = callerOf(request);
  const decision = await access.authorize({ ...caller, name: from, action: 'pull' });
  if (decision.kind !== 'granted') return undefined;
  return registry.blobs.mount(visit, digest, decision.repositoryId);
}

function replyCreated({ response, visit }: Exchange, { digest }: BlobDescriptor): void {
  replyEmpty(response, 201, {
    Location: formatRegistryUrl({ kind: 'blob-get', name: visit.repositoryName, digest }),
    [headerNames.contentDigest]: digest,
  });
}

function replyProgress(
  { response, visit }: Exchange,
  status: 202 | 204,
  { id, receivedBytes }: UploadProgress,
): void {
  replyEmpty(response, status, {
    Location: uploadUrl(visit.repositoryName, id),
    [headerNames.uploadId]: id,
    Range: `0-${Math.max(0, receivedBytes - 1)}`,
  });
}

/** Path only: behind a proxy or a forwarded port an absolute one would lead elsewhere. */
function uploadUrl(name: RepositoryName, id: string): string {
  return formatRegistryUrl({ kind: 'upload-status', name, id });
}
