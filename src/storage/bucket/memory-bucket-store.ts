import { systemIds } from '#platform/crypto';
import type { BlobStore } from '../blob-store.ts';
import { createBucketBlobStore } from './bucket-driver.ts';
import { createMemoryBucket } from './memory-bucket.ts';

export interface MemoryBucketStoreOptions {
  readonly partBytes: number;
  /** What addresses that clients are led to begin with; without it they are led nowhere. */
  readonly address?: string | undefined;
}

/** A store over a bucket in memory: for tests of what has to hold on S3 too. */
export function createMemoryBucketStore(options: MemoryBucketStoreOptions): BlobStore {
  const { partBytes, address } = options;
  const bucket = createMemoryBucket({ smallestPartBytes: partBytes, address });
  return createBucketBlobStore({ bucket, partBytes, ids: systemIds });
}
