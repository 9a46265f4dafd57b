import { createHash, type Hash } from 'node:crypto';
import type { DigestAlgorithm } from '#kernel';
import type { BlobStore } from '#storage';
import type { UploadRow } from './upload-store.ts';

const mostKept = 1000;

/**
 * The hashes of sessions that more bytes may come for. A hash can't be written down, so it is kept
 * in memory between two requests; when another process took the earlier bytes, or they were hashed
 * by another algorithm, they are read again.
 */
export class RunningHashes {
  readonly #store: BlobStore;
  readonly #kept = new Map<string, { readonly hash: Hash; readonly receivedBytes: number }>();

  constructor(store: BlobStore) {
    this.#store = store;
  }

  /** A hash of the bytes received so far, to go on with. */
  async resume(upload: UploadRow, algorithm: DigestAlgorithm): Promise<Hash> {
    const kept = this.#take(upload);
    if (kept !== undefined && algorithm === 'sha256') return kept;
    const hash = createHash(algorithm);
    if (upload.receivedBytes === 0) return hash;
    const range = { first: 0, last: upload.receivedBytes - 1 };
    const bytes = await this.#store.read(upload.key, range);
    for await (const chunk of bytes ?? []) hash.update(chunk);
    return hash;
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

  #take(upload: UploadRow): Hash | undefined {
    const kept = this.#kept.get(upload.id);
    this.#kept.delete(upload.id);
    return kept?.receivedBytes === upload.receivedBytes ? kept.hash : undefined;
  }
}
