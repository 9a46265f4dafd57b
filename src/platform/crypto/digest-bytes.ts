import { createHash, type Hash } from 'node:crypto';
import type { Digest, DigestAlgorithm } from '#kernel';

export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = 'sha256'): Digest {
  return finishDigest(createHash(algorithm).update(bytes), algorithm);
}

/** Ends a running hash. The hash can't be updated afterwards; copy it first to go on. */
export function finishDigest(hash: Hash, algorithm: DigestAlgorithm): Digest {
  return `${algorithm}:${hash.digest('hex')}` as Digest;
}
