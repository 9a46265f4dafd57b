import { Readable } from 'node:stream';
import type { BlobKey, Stoppable } from '../blob-store.ts';
import { pageOf, partOf } from '../memory/held-bytes.ts';
import type { Bucket, PartUpload, StoredPart } from './bucket.ts';

export interface MemoryBucketOptions {
  /** The bucket refuses to join parts that are smaller, but for the last. */
  readonly smallestPartBytes: number;
  /** What signed addresses begin with; without it there are none. */
  readonly address?: string | undefined;
}

interface Part extends StoredPart {
  readonly bytes: Buffer;
}

interface Unjoined {
  readonly key: BlobKey;
  readonly parts: Map<number, Part>;
}

/** A bucket in memory, as strict as the real ones: what a store does wrong shows here. */
export function createMemoryBucket({ smallestPartBytes, address }: MemoryBucketOptions): Bucket {
  const objects = new Map<BlobKey, Buffer>();
  const uploads = new Map<string, Unjoined>();
  let serial = 0;
  const nextId = (kind: string) => {
    serial += 1;
    return `${kind}-${serial}`;
  };
  const partsOf = ({ key, id }: PartUpload) => {
    const upload = uploads.get(id);
    return upload?.key === key ? upload.parts : undefined;
  };
  return {
    put: async (key, bytes, stop) => {
      check(stop);
      objects.set(key, Buffer.from(bytes));
    },
    get: async (key, options) => {
      check(options);
      const held = objects.get(key);
      return held && Readable.from([partOf(held, options.range)], { objectMode: false });
    },
    size: async (key) => objects.get(key)?.length,
    remove: async (key) => {
      objects.delete(key);
    },
    list: async (prefix, page) => pageOf(objects.keys(), prefix, page),
    sign: async (key, lifetimeMilliseconds) =>
      address && `${address}/${key}?lifetime=${lifetimeMilliseconds}`,
    startParts: async (key) => {
      const id = nextId('upload');
      uploads.set(id, { key, parts: new Map() });
      return id;
    },
    putPart: async (upload, { number, bytes }, stop) => {
      check(stop);
      const parts = partsOf(upload);
      if (parts === undefined) throw new Error('NoSuchUpload');
      const tag = nextId('tag');
      parts.set(number, { number, tag, bytes: Buffer.from(bytes) });
      return tag;
    },
    listParts: async (upload) =>
      partsOf(upload)
        ?.values()
        .map(({ number, tag }) => ({ number, tag }))
        .toArray()
        .sort((one, other) => one.number - other.number),
    joinParts: async (upload, parts) => {
      objects.set(upload.key, join(partsOf(upload), parts, smallestPartBytes));
      uploads.delete(upload.id);
    },
    dropParts: async ({ id }) => {
      uploads.delete(id);
    },
    listUploads: async (key) =>
      [...uploads].filter(([, upload]) => upload.key === key).map(([id]) => id),
  };
}

function check({ signal }: Stoppable): void {
  signal?.throwIfAborted();
}

function join(
  stored: ReadonlyMap<number, Part> | undefined,
  wanted: readonly StoredPart[],
  smallestPartBytes: number,
): Buffer {
  const parts = wanted.map(({ number, tag }) => {
    const part = stored?.get(number);
    if (part?.tag !== tag) throw new Error('InvalidPart');
    return part.bytes;
  });
  const isTooSmall = parts.slice(0, -1).some((bytes) => bytes.length < smallestPartBytes);
  if (isTooSmall || parts.length === 0) throw new Error('EntityTooSmall');
  return Buffer.concat(parts);
}
