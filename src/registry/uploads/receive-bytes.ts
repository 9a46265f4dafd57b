import type { Hash } from 'node:crypto';
import type { BlobStore, BlobWriter } from '#storage';
import type { UploadBody } from '../registry.ts';
import { registryErrors } from '../registry-errors.ts';
import { type ClaimedSession, writingKeyOf } from './claimed-session.ts';
import type { UploadRow } from './upload-store.ts';

export interface ReceivingParts {
  readonly store: BlobStore;
  readonly largestBlobBytes: number;
}

/** What a session holds once a request's bytes have been added. */
export interface Received {
  readonly receivedBytes: number;
  /** To be flushed, finished or aborted: until then the bytes are not durable. */
  readonly writer: BlobWriter;
}

/**
 * Limit, hash, store: one chunk after the other, so that a slow disk slows the sender. When it
 * throws, the bytes of this body do not count.
 */
export async function receiveBytes(
  { store, largestBlobBytes }: ReceivingParts,
  session: ClaimedSession,
  { bytes, offset, signal }: UploadBody,
  hash: Hash | undefined,
): Promise<Received> {
  const { upload } = session;
  requireOffset(upload, offset);
  const resume = upload.writerKey === undefined ? upload.resume : undefined;
  const writer = await store.write(writingKeyOf(upload), { resume, signal });
  const add = async (chunk: Uint8Array) => {
    await session.holdOn();
    hash?.update(chunk);
    await writer.append(chunk);
  };
  let { receivedBytes } = upload;
  try {
    for await (const chunk of formerBytes(store, upload, signal)) await add(chunk);
    for await (const chunk of bytes) {
      receivedBytes += chunk.length;
      requireWithin(receivedBytes, largestBlobBytes);
      await add(chunk);
    }
  } catch (error) {
    await writer.abort();
    throw error;
  }
  return { receivedBytes, writer };
}

/** What was received under the key that somebody else may write to still: copied, not gone on with. */
async function* formerBytes(
  store: BlobStore,
  { key, writerKey, resume }: UploadRow,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  if (writerKey === undefined || resume === undefined) return;
  for await (const chunk of await store.readUnfinished(key, resume, { signal })) {
    yield chunk as Uint8Array;
  }
}

function requireOffset({ receivedBytes }: UploadRow, offset: number | undefined): void {
  if (offset === undefined || offset === receivedBytes) return;
  throw registryErrors.fail('RANGE_INVALID', `the upload stands at byte ${receivedBytes}`, {
    detail: { receivedBytes, offset },
  });
}

function requireWithin(bytes: number, limit: number): void {
  if (bytes <= limit) return;
  throw registryErrors.fail('BLOB_TOO_LARGE', `a blob has at most ${limit} bytes here`, {
    detail: { limitBytes: limit },
  });
}
