import { Readable } from 'node:stream';
import { requireBlobKey } from './blob-key.ts';
import type { BlobStore, BlobWriter, ByteRange } from './blob-store.ts';
import { storageErrors } from './storage-errors.ts';

/** Bytes in memory: for tests and `slipway dev`. Nothing of it outlives the process. */
export function createMemoryBlobStore(): BlobStore {
  const blobs = new Map<string, Buffer>();
  return {
    write: async (key, offset) => openWriter(blobs, requireBlobKey(key), offset),
    read: async (key, range) => readBytes(blobs.get(requireBlobKey(key)), range),
    size: async (key) => blobs.get(requireBlobKey(key))?.length,
    remove: async (key) => {
      blobs.delete(requireBlobKey(key));
    },
  };
}

function openWriter(blobs: Map<string, Buffer>, key: string, offset: number): BlobWriter {
  const held = blobs.get(key) ?? Buffer.alloc(0);
  if (held.length < offset) {
    throw storageErrors.fail('BLOB_STORE_OFFSET', 'the key holds fewer bytes than the offset', {
      detail: { heldBytes: held.length, offset },
    });
  }
  const chunks: Uint8Array[] = [held.subarray(0, offset)];
  return {
    append: async (chunk) => {
      chunks.push(chunk);
    },
    commit: async () => {
      blobs.set(key, Buffer.concat(chunks));
    },
    abort: async () => {},
  };
}

function readBytes(held: Buffer | undefined, range: ByteRange | undefined): Readable | undefined {
  if (held === undefined) return undefined;
  const end = range === undefined ? held.length : range.last + 1;
  if (held.length < end) {
    throw storageErrors.fail('BLOB_STORE_FAILED', 'the key holds fewer bytes than were asked for', {
      detail: { heldBytes: held.length, endByte: end },
    });
  }
  return Readable.from([held.subarray(range?.first ?? 0, end)], { objectMode: false });
}
