/**
 * storage: where blobs' bytes lie. One contract, `BlobStore`, and its drivers. The store knows opaque
 * keys only; which bytes count, and who may read them, is the registry's business.
 */
export { newBlobKey } from './blob-key.ts';
export type { BlobKey, BlobStore, BlobWriter, ByteRange } from './blob-store.ts';
export { createFilesystemBlobStore } from './filesystem-driver.ts';
export { createMemoryBlobStore } from './memory-driver.ts';
export { type StorageErrorCode, storageErrors } from './storage-errors.ts';
