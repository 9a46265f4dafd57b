import { createHash } from 'node:crypto';
import { type Digest, digestAlgorithm } from '#kernel';
import { finishDigest } from '#platform/crypto';
import type { UploadBody } from '../registry.ts';
import { type ClaimedSession, writingKeyOf } from './claimed-session.ts';
import { type ReceivingParts, receiveBytes } from './receive-bytes.ts';
import type { RunningHashes } from './running-hashes.ts';

export interface FinishingParts extends ReceivingParts {
  readonly hashes: RunningHashes;
}

/** What a session's bytes turned out to be. */
export interface Finished {
  readonly actual: Digest;
  readonly size: number;
}

/**
 * Adds the last bytes and makes the whole readable, unless it is known before that they are not what
 * the digest says. Where the hash of the earlier bytes is not known, all are read once, afterwards:
 * the key is still the session's own.
 */
export async function finishBytes(
  parts: FinishingParts,
  session: ClaimedSession,
  digest: Digest,
  body: UploadBody | undefined,
): Promise<Finished> {
  const { upload } = session;
  const algorithm = digestAlgorithm(digest);
  const hash = parts.hashes.take(upload, algorithm);
  const { receivedBytes: size, writer } = await receiveBytes(
    parts,
    session,
    body ?? { bytes: noBytes },
    hash,
  );
  const isKnown = body === undefined && algorithm === 'sha256';
  const known = hash ? finishDigest(hash, algorithm) : isKnown ? upload.digestSoFar : undefined;
  if (known !== undefined && known !== digest) {
    await writer.abort();
    return { actual: known, size };
  }
  await writer.finish();
  return { actual: known ?? (await hashStored(parts, session, digest)), size };
}

async function hashStored(
  { store }: FinishingParts,
  session: ClaimedSession,
  digest: Digest,
): Promise<Digest> {
  const algorithm = digestAlgorithm(digest);
  const hash = createHash(algorithm);
  const key = writingKeyOf(session.upload);
  const bytes = await store.read(key);
  if (bytes === undefined) throw new Error(`what was finished as ${key} is not there`);
  for await (const chunk of bytes) {
    await session.holdOn();
    hash.update(chunk as Uint8Array);
  }
  return finishDigest(hash, algorithm);
}

const noBytes: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
};
