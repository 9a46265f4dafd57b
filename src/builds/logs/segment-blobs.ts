import { buffer } from 'node:stream/consumers';
import type { Ids } from '#kernel';
import type { BlobKey, BlobStore } from '#storage';

/** A key that nobody has used: two servers that take the same lines never write the same bytes. */
export function newSegmentKey(ids: Ids, attemptId: string, firstLine: number): BlobKey {
  return `logs/${attemptId}/${String(firstLine).padStart(10, '0')}-${ids.uuid()}`;
}

export async function writeSegment(
  store: BlobStore,
  key: BlobKey,
  parts: readonly Uint8Array[],
): Promise<void> {
  const writer = await store.write(key);
  try {
    for (const part of parts) await writer.append(part);
    await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** `undefined` when it was merged into another meanwhile. */
export async function readSegment(store: BlobStore, key: BlobKey): Promise<Buffer | undefined> {
  const stream = await store.read(key);
  return stream && buffer(stream);
}
