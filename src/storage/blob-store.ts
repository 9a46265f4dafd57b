import type { Readable } from 'node:stream';

/**
 * Where bytes lie. The store knows opaque keys and nothing of digests, repositories or who asks; the
 * database decides which bytes count. A key is chosen by the caller before the first byte and is
 * never used for other bytes, so nothing is ever renamed over something live.
 *
 * Every driver passes `blobStoreContract` (testing/blob-store-contract.ts).
 */
export interface BlobStore {
  /**
   * Opens a key for writing at an offset. At 0 the key starts afresh, whatever it held. Beyond 0 the
   * bytes before the offset are kept and later ones dropped: what a crash left of an append that was
   * never acknowledged. Throws `BLOB_STORE_OFFSET` when the key holds fewer bytes than the offset.
   * One writer a key at a time; two at once are undefined.
   */
  write(key: BlobKey, offset: number): Promise<BlobWriter>;

  /**
   * The bytes of a committed key, or a part of them. `undefined` when the key does not exist. Throws
   * `BLOB_STORE_FAILED` when it holds fewer bytes than the range names, so that the caller can still
   * answer with an error. Whoever takes the stream reads it to its end or destroys it.
   */
  read(key: BlobKey, range?: ByteRange): Promise<Readable | undefined>;

  /** How many committed bytes a key holds; `undefined` when it does not exist. */
  size(key: BlobKey): Promise<number | undefined>;

  /** Removes a key. One that does not exist is no error. */
  remove(key: BlobKey): Promise<void>;
}

export interface BlobWriter {
  /**
   * Takes bytes in order. Resolves when more may come, which may be before these are written; so the
   * chunk is the writer's from then on, and a failure may show at a later append or at the commit.
   */
  append(chunk: Uint8Array): Promise<void>;
  /** Resolves when all bytes so far are durable and can be read. The writer is closed by it. */
  commit(): Promise<void>;
  /** Closes without promise: bytes after the offset it was opened at may stay or go. Never throws. */
  abort(): Promise<void>;
}

/** A key: segments of lower-case letters, digits, `-` and `.`, joined by `/`, made by the program only. */
export type BlobKey = string;

/** Both ends counted, as in HTTP: 0–0 is one byte. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}
