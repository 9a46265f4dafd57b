import type { Readable } from 'node:stream';
import type { Digest } from '#kernel';
import { repositoryScope } from '../auth/scope.ts';
import type { BlobDescriptor } from '../content/descriptor.ts';
import { type Answer, discard, headerOf, numberOf } from '../http/answer.ts';
import type { CallOptions } from '../registry-client.ts';
import type { RepositoryParts } from '../repository-parts.ts';
import { blobMismatch } from './blob-mismatch.ts';

/** An answer that brings a blob, or its end. */
export interface BlobConnection {
  readonly bytes: Readable;
  /** Where in the blob they begin: a registry need not know ranges, and then gives all. */
  readonly at: number;
}

/** Asks for a blob from a place on; `undefined` where it is missing. */
export async function connectToBlob(
  { call, name }: RepositoryParts,
  blob: BlobDescriptor,
  { from, signal }: CallOptions & { readonly from: number },
): Promise<BlobConnection | undefined> {
  const answer = await call({
    method: 'GET',
    target: blobPath(name, blob.digest),
    scope: repositoryScope(name, 'pull'),
    headers: from === 0 ? {} : { range: `bytes=${from}-` },
    intent: `give ${blob.digest} of ${name}`,
    statuses: [200, 206, 404],
    signal,
  });
  const at = answer.status === 206 ? from : 0;
  if (answer.status !== 404 && isAbout(answer, blob, at)) return { bytes: answer.body, at };
  await discard(answer);
  if (answer.status === 404) return undefined;
  throw blobMismatch(answer.url.host, blob, 'another part or size than');
}

/** What the headers promise is the blob from that place to its end, as far as they say anything. */
function isAbout(answer: Answer, { size }: BlobDescriptor, at: number): boolean {
  const length = numberOf(answer, 'content-length') ?? size - at;
  const range = headerOf(answer, 'content-range') ?? '';
  const isRangeRight = answer.status === 200 || range.startsWith(`bytes ${at}-${size - 1}/`);
  return length === size - at && isRangeRight;
}

export function blobPath(name: string, digest: Digest): string {
  return `/v2/${name}/blobs/${digest}`;
}
