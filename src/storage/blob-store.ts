import type { Readable } from 'node:stream';

/**
 * Where bytes lie. The store knows opaque keys and nothing of digests, repositories or who asks; the
 * database decides which bytes count. A key is chosen by the caller before the first byte and is
 * never used for other bytes, so nothing is ever renamed over something live.
 *
 * Made so that a bucket of S3 can keep it: bytes are written in order, can be read once they are
 * finished, and what an unfinished writer needs to be gone on with fits into a row of the database.
 *
 * Every method may be called concurrently, from several servers. What may take long takes a `signal`:
 * when it aborts the call rejects with its reason, and so does every append to the writer that the
 * call gave; a stream that was given is its taker's to destroy. Every driver passes
 * `blobStoreContract` (testing/blob-store-contract.ts).
 */
export interface BlobStore {
  /**
   * Opens a key for writing: afresh, whatever was written to it, or after the bytes that a token
   * stands for, dropping what came later: what a crash left of an append that nobody acknowledged.
   * Throws `BLOB_STORE_RESUME` when those bytes are not there any more, or the token is none of this
   * store. One writer a key at a time; two at once are undefined.
   */
  write(key: BlobKey, options?: WriteOptions): Promise<BlobWriter>;

  /**
   * The bytes of a finished key, or a part of them. `undefined` when the key does not exist. Throws
   * `BLOB_STORE_SHORT` when it is known to hold fewer bytes than the range names; where that shows
   * only while it is read, the stream fails with it. Whoever takes the stream reads it to its end or
   * destroys it.
   */
  read(key: BlobKey, options?: ReadOptions): Promise<Readable | undefined>;

  /**
   * The bytes that a token of an unfinished key stands for. Throws `BLOB_STORE_RESUME` when they are
   * not there any more, or the store can't read them before they are finished. Somebody may write
   * after them meanwhile.
   */
  readUnfinished(key: BlobKey, token: ResumeToken, options?: Stoppable): Promise<Readable>;

  /** How many bytes a finished key holds; `undefined` when it does not exist. */
  size(key: BlobKey): Promise<number | undefined>;

  /** Removes a finished key. One that does not exist is no error. */
  remove(key: BlobKey): Promise<void>;

  /** Removes all that was ever written to a key, finished or not, and with it every token of it. */
  discard(key: BlobKey): Promise<void>;

  /**
   * The finished keys that begin with the prefix and come after `after`, in byte order, at most
   * `limit`; fewer mean that there are no more. Unfinished ones may be among them.
   */
  list(prefix: string, page: ListPage): Promise<readonly BlobKey[]>;

  /**
   * Where a client that gets it may fetch a finished key by itself (GET, ranges too) for a while;
   * `undefined`: hand the bytes over yourself. Does not ask whether the key exists.
   */
  redirect(key: BlobKey, options: RedirectOptions): Promise<string | undefined>;
}

export interface Stoppable {
  readonly signal?: AbortSignal | undefined;
}

/** A flush or a finish that was asked for is not stopped: all bytes have come, and may be kept. */
export interface WriteOptions extends Stoppable {
  readonly resume?: ResumeToken | undefined;
}

export interface ReadOptions extends Stoppable {
  readonly range?: ByteRange | undefined;
}

export interface ListPage extends Stoppable {
  readonly after: string;
  readonly limit: number;
}

export interface RedirectOptions {
  readonly lifetimeMilliseconds: number;
}

/** Ends with one of `flush`, `finish` and `abort`; nothing may be called after it. */
export interface BlobWriter {
  /**
   * Takes bytes in order. Resolves when more may come, which may be before these are written; so the
   * chunk is the writer's from then on, and a failure may show at a later append or at the end.
   */
  append(chunk: Uint8Array): Promise<void>;
  /**
   * Resolves when all bytes so far are durable, with the token that any server may go on from. Earlier
   * tokens stay good until bytes are written after this one, so that whoever could not keep this one
   * goes on from the last that was kept.
   */
  flush(): Promise<ResumeToken>;
  /** Resolves when all bytes are durable and can be read. Tokens of the key are void then. */
  finish(): Promise<void>;
  /** Closes without promise: bytes after the token it was opened with may stay or go. Never throws. */
  abort(): Promise<void>;
}

/** A key: segments of lower-case letters, digits, `-` and `.`, joined by `/`, made by the program only. */
export type BlobKey = string;

/** What a store writes down to go on with an unfinished key: opaque text of at most 4 KiB. */
export type ResumeToken = string;

/** Both ends counted, as in HTTP: 0–0 is one byte. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}
