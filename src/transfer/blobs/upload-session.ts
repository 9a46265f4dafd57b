import { repositoryScope } from '../auth/scope.ts';
import type { BlobDescriptor } from '../content/descriptor.ts';
import { type Answer, discard, headerOf, numberOf } from '../http/answer.ts';
import { placeOf } from '../http/registry-call.ts';
import type { RepositoryParts } from '../repository-parts.ts';
import { transferErrors } from '../transfer-errors.ts';
import type { BlobReader } from './blob-reader.ts';

/** What one blob's upload is made of. */
export interface Upload {
  readonly parts: RepositoryParts;
  readonly blob: BlobDescriptor;
  readonly reader: BlobReader;
  readonly signal: AbortSignal | undefined;
}

/** Where the registry takes the bytes. Every answer may name another place. */
export interface UploadSession {
  readonly place: URL;
  /** The least that it takes in one request, but for the last one. */
  readonly leastBytes: number;
}

/** What the registry has of an upload. */
export interface UploadProgress {
  readonly place: URL;
  readonly at: number;
}

/** Registries that copy or hash what they have before they answer take their time. */
const closingMilliseconds = 300_000;

export function sessionOf(answer: Answer): UploadSession {
  return { place: placeOf(answer), leastBytes: numberOf(answer, 'oci-chunk-min-length') ?? 0 };
}

/** Sends one chunk. The answer's word counts for how far the registry has come. */
export async function sendChunk(
  { parts: { call, name }, blob, reader, signal }: Upload,
  { place, at }: UploadProgress,
  end: number,
): Promise<UploadProgress> {
  const answer = await call({
    method: 'PATCH',
    target: place,
    scope: repositoryScope(name, 'pull', 'push'),
    headers: { ...bodyHeaders(end - at), 'content-range': `${at}-${end - 1}` },
    body: () => reader.piece(at, end),
    intent: `take a part of ${blob.digest} for ${name}`,
    statuses: [202],
    signal,
  });
  await discard(answer);
  const reached = reachedBy(answer) ?? end;
  if (reached > at && reached <= end) return { place: placeOf(answer), at: reached };
  throw astray(answer);
}

/** Asks how far the registry has come. */
export async function askProgress(
  { parts: { call, name }, blob, signal }: Upload,
  place: URL,
): Promise<UploadProgress> {
  const answer = await call({
    method: 'GET',
    target: place,
    scope: repositoryScope(name, 'pull', 'push'),
    intent: `say what it has of ${blob.digest} for ${name}`,
    statuses: [200, 202, 204],
    signal,
  });
  await discard(answer);
  const at = reachedBy(answer);
  if (at === undefined || at > blob.size) throw astray(answer);
  const hasPlace = headerOf(answer, 'location') !== undefined;
  return { place: hasPlace ? placeOf(answer) : place, at };
}

/** Ends an upload, with the bytes from a place on that the registry does not have yet. */
export async function closeUpload(
  { parts: { call, name }, blob, reader, signal }: Upload,
  { place, at }: UploadProgress,
): Promise<void> {
  const hasBody = at < blob.size;
  const answer = await call({
    method: 'PUT',
    target: withDigest(place, blob),
    scope: repositoryScope(name, 'pull', 'push'),
    ...(hasBody && {
      headers: bodyHeaders(blob.size - at),
      body: () => reader.piece(at, blob.size),
    }),
    patienceMilliseconds: closingMilliseconds,
    intent: `take ${blob.digest} for ${name}`,
    statuses: [201, 204],
    signal,
  });
  await discard(answer);
}

export function bodyHeaders(bytes: number): Readonly<Record<string, string>> {
  return { 'content-type': 'application/octet-stream', 'content-length': String(bytes) };
}

/** Adds to a query that is the registry's own, signed perhaps, and stays as it is. */
function withDigest(place: URL, { digest }: BlobDescriptor): URL {
  const url = new URL(place);
  url.search += `${url.search === '' ? '?' : '&'}digest=${encodeURIComponent(digest)}`;
  return url;
}

/** `0-99` stands for 100 bytes, and `0-0` for none (OCI distribution spec, "Pushing a blob in chunks"). */
function reachedBy(answer: Answer): number | undefined {
  const last = /^(?:bytes=)?0-(\d{1,15})$/.exec(headerOf(answer, 'range') ?? '')?.[1];
  if (last === undefined) return undefined;
  return last === '0' ? 0 : Number(last) + 1;
}

function astray({ url: { host } }: Answer): Error {
  const message = `${host} does not say how far an upload has come`;
  return transferErrors.fail('REGISTRY_ANSWER_INVALID', message, { detail: { registry: host } });
}
