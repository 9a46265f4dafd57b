import type { Ids } from '#kernel';
import { requireBlobKey } from '../blob-key.ts';
import type { BlobStore } from '../blob-store.ts';
import { storageErrors } from '../storage-errors.ts';
import type { Bucket } from './bucket.ts';
import { openBucketWriter, removeUnfinished } from './bucket-writer.ts';

export interface BucketStoreOptions {
  readonly bucket: Bucket;
  /** How large parts are: at least what the bucket takes, and enough for ten thousand to do. */
  readonly partBytes: number;
  readonly ids: Ids;
}

/**
 * One object a key. Long ones are joined from parts, of which nobody sees anything before; so a key
 * cannot be read before it is finished, and what is left of its parts goes with `discard` alone.
 */
export function createBucketBlobStore(options: BucketStoreOptions): BlobStore {
  const { bucket } = options;
  return {
    write: async (key, writing = {}) => openBucketWriter(options, requireBlobKey(key), writing),
    read: async (key, reading = {}) => bucket.get(requireBlobKey(key), reading),
    readUnfinished: async () => {
      throw storageErrors.fail(
        'BLOB_STORE_RESUME',
        'a bucket shows no parts before they are joined',
      );
    },
    size: async (key) => bucket.size(requireBlobKey(key)),
    remove: async (key) => bucket.remove(requireBlobKey(key)),
    discard: async (key) => {
      await bucket.remove(requireBlobKey(key));
      await removeUnfinished(bucket, key);
    },
    list: (prefix, page) => bucket.list(prefix, page),
    redirect: async (key, { lifetimeMilliseconds }) =>
      bucket.sign(requireBlobKey(key), lifetimeMilliseconds),
  };
}
