import { createHash, type Hash } from 'node:crypto';
import type { DigestAlgorithm } from '#kernel';
import type { UploadRow } from './upload-store.ts';

const mostKept = 1000;

/**
 * The hashes of sessions that more bytes may come for. A hash can't be written down, so it is kept
 * in memory between two requests. When another process took the earlier bytes, or they were hashed
 * by another algorithm, there is none: then the bytes are read once they are whole.
 */
export class RunningHashes {
  readonly #kept = new Map<string, { readonly hash: Hash; readonly receivedBytes: number }>();

  /**
   * A hash to go on with: of the bytes received so far, if there is one; a fresh one where all of them
   * are still to be written, as for a session that was taken over.
   */
  take({ id, receivedBytes, writerKey }: UploadRow, algorithm: DigestAlgorithm): Hash | undefined {
    const kept = this.#kept.get(id);
    this.#kept.delete(id);
    if (receivedBytes === 0 || writerKey !== undefined) return createHash(algorithm);
    return kept?.receivedBytes === receivedBytes && algorithm === 'sha256' ? kept.hash : undefined;
  }

  /** Keeps a SHA-256 for the next request; the oldest gives way. */
  keep(uploadId: string, hash: Hash, receivedBytes: number): void {
    const oldest = this.#kept.size >= mostKept ? this.#kept.keys().next().value : undefined;
    if (oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(uploadId, { hash, receivedBytes });
  }

  forget(uploadId: string): void {
    this.#kept.delete(uploadId);
  }
}
