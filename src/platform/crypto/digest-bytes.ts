import { type Hash, hash } from 'node:crypto';
import type { Digest, DigestAlgorithm } from '#kernel';

export function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = 'sha256'): Digest {
  return `${algorithm}:${hash(algorithm, bytes)}` as Digest;
}

/** Ends a running hash. The hash can't be updated afterwards; copy it first to go on. */
export function finishDigest(running: Hash, algorithm: DigestAlgorithm): Digest {
  return `${algorithm}:${running.digest('hex')}` as Digest;
}
