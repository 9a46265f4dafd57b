/**
 * storage: where blobs' bytes lie. One contract, `BlobStore`, and its drivers: files, memory, and a
 * bucket of S3's kind, so far over memory alone. The store knows opaque keys only; which bytes count,
 * and who may read them, is the registry's business.
 */
export { newBlobKey } from './blob-key.ts';
export type {
  BlobKey,
  BlobStore,
  BlobWriter,
  ByteRange,
  ReadOptions,
  ResumeToken,
} from './blob-store.ts';
export { createMemoryBucketStore } from './bucket/memory-bucket-store.ts';
export { createFilesystemBlobStore } from './filesystem/filesystem-driver.ts';
export { createMemoryBlobStore } from './memory/memory-driver.ts';
export { type StorageErrorCode, storageErrors } from './storage-errors.ts';
