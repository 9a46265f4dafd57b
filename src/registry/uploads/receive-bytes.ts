import type { Hash } from 'node:crypto';
import type { DigestAlgorithm } from '#kernel';
import type { BlobStore } from '#storage';
import type { UploadBody } from '../registry.ts';
import { registryErrors } from '../registry-errors.ts';
import type { RunningHashes } from './running-hashes.ts';
import type { ClaimedSession } from './upload-sessions.ts';
import type { UploadRow } from './upload-store.ts';

export interface ReceivingParts {
  readonly store: BlobStore;
  readonly hashes: RunningHashes;
  readonly largestBlobBytes: number;
}

/** What a session holds once a request's bytes have been added. */
export interface Received {
  readonly receivedBytes: number;
  readonly hash: Hash;
}

/**
 * Limit, hash, store: one chunk after the other, so that a slow disk slows the sender. The bytes are
 * durable when it resolves; when it throws, those of this body do not count.
 */
export async function receiveBytes(
  { store, hashes, largestBlobBytes }: ReceivingParts,
  session: ClaimedSession,
  body: UploadBody,
  algorithm: DigestAlgorithm,
): Promise<Received> {
  const { upload } = session;
  requireOffset(upload, body);
  const hash = await hashes.resume(upload, algorithm);
  const writer = await store.write(upload.key, upload.receivedBytes);
  let { receivedBytes } = upload;
  try {
    for await (const chunk of body.bytes) {
      receivedBytes += chunk.length;
      requireWithin(receivedBytes, largestBlobBytes);
      await session.holdOn();
      hash.update(chunk);
      await writer.append(chunk);
    }
  } catch (error) {
    await writer.abort();
    throw error;
  }
  await writer.commit();
  return { receivedBytes, hash };
}

function requireOffset({ receivedBytes }: UploadRow, { offset }: UploadBody): void {
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
