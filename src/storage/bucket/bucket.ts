import type { Readable } from 'node:stream';
import type { BlobKey, ByteRange, ListPage, Stoppable } from '../blob-store.ts';

/**
 * What S3 and its likes can do, in their terms: whole objects, and objects joined from numbered parts
 * that nobody sees before. Nothing is appended to and nothing renamed.
 */
export interface Bucket {
  put(key: BlobKey, bytes: Uint8Array, options: Stoppable): Promise<void>;
  /** `undefined` when there is no such object. Throws `BLOB_STORE_SHORT` when it ends in the range. */
  get(
    key: BlobKey,
    options: Stoppable & { readonly range?: ByteRange | undefined },
  ): Promise<Readable | undefined>;
  size(key: BlobKey): Promise<number | undefined>;
  remove(key: BlobKey): Promise<void>;
  list(prefix: string, page: ListPage): Promise<readonly BlobKey[]>;
  /** An address that whoever has it may fetch the object from; `undefined` where there is none. */
  sign(key: BlobKey, lifetimeMilliseconds: number): Promise<string | undefined>;

  /** Begins an object of parts; gives its id. */
  startParts(key: BlobKey): Promise<string>;
  /** Stores a part, in place of an earlier one of its number; gives its tag, which tells the two apart. */
  putPart(
    upload: PartUpload,
    part: { readonly number: number; readonly bytes: Uint8Array },
    options: Stoppable,
  ): Promise<string>;
  /** The parts that are there, by number; `undefined` once they were joined or dropped. */
  listParts(upload: PartUpload): Promise<readonly StoredPart[] | undefined>;
  /**
   * Makes exactly these parts, in this order, the object. Fails when one of them has another tag by
   * now, or one but the last is smaller than the bucket takes.
   */
  joinParts(upload: PartUpload, parts: readonly StoredPart[]): Promise<void>;
  /** Forgets parts that were not joined. Unknown ones are no error. */
  dropParts(upload: PartUpload): Promise<void>;
  /** The ids of everything that was begun under a key and neither joined nor dropped. */
  listUploads(key: BlobKey): Promise<readonly string[]>;
}

export interface PartUpload {
  readonly key: BlobKey;
  readonly id: string;
}

export interface StoredPart {
  /** From 1 on. */
  readonly number: number;
  readonly tag: string;
}
