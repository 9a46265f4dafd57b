import { Readable } from 'node:stream';
import { requireBlobKey } from '../blob-key.ts';
import type { BlobKey, BlobStore, BlobWriter, ReadOptions, WriteOptions } from '../blob-store.ts';
import { storageErrors } from '../storage-errors.ts';
import { pageOf, partOf } from './held-bytes.ts';

/** Bytes in memory: for tests and `slipway dev`. Nothing of it outlives the process. */
export function createMemoryBlobStore(): BlobStore {
  const shelf: Shelf = { finished: new Map(), flushed: new Map() };
  return {
    write: async (key, options = {}) => openWriter(shelf, requireBlobKey(key), options),
    read: async (key, options = {}) => readKey(shelf, requireBlobKey(key), options),
    readUnfinished: async (key, token, { signal } = {}) => {
      signal?.throwIfAborted();
      const bytes = flushedBytes(shelf.flushed.get(requireBlobKey(key)), token);
      return Readable.from([bytes], { objectMode: false });
    },
    size: async (key) => shelf.finished.get(requireBlobKey(key))?.length,
    remove: async (key) => {
      shelf.finished.delete(requireBlobKey(key));
    },
    discard: async (key) => {
      shelf.finished.delete(requireBlobKey(key));
      shelf.flushed.delete(key);
    },
    list: async (prefix, page) => pageOf(shelf.finished.keys(), prefix, page),
    redirect: async () => undefined,
  };
}

interface Shelf {
  readonly finished: Map<BlobKey, Buffer>;
  /** What can be gone on with; the length of what is there is the token. */
  readonly flushed: Map<BlobKey, Buffer>;
}

function openWriter(
  { finished, flushed }: Shelf,
  key: BlobKey,
  { resume, signal }: WriteOptions,
): BlobWriter {
  signal?.throwIfAborted();
  const chunks: Uint8Array[] = resume === undefined ? [] : [flushedBytes(flushed.get(key), resume)];
  return {
    append: async (chunk) => {
      signal?.throwIfAborted();
      chunks.push(chunk);
    },
    flush: async () => {
      const bytes = Buffer.concat(chunks);
      flushed.set(key, bytes);
      return String(bytes.length);
    },
    finish: async () => {
      finished.set(key, Buffer.concat(chunks));
      flushed.delete(key);
    },
    abort: async () => {},
  };
}

function flushedBytes(held: Buffer | undefined, token: string): Buffer {
  const length = /^\d{1,15}$/.test(token) ? Number(token) : Number.POSITIVE_INFINITY;
  if (held !== undefined && held.length >= length) return held.subarray(0, length);
  throw storageErrors.fail('BLOB_STORE_RESUME', 'the key holds fewer bytes than were flushed');
}

function readKey(
  { finished }: Shelf,
  key: BlobKey,
  { range, signal }: ReadOptions,
): Readable | undefined {
  signal?.throwIfAborted();
  const held = finished.get(key);
  return held && Readable.from([partOf(held, range)], { objectMode: false });
}
