import { defineErrors } from '#kernel';

export const storageErrors = defineErrors({
  BLOB_STORE_OFFSET: 'a key holds fewer bytes than the offset that writing should go on from',
  BLOB_STORE_FULL: 'the store has no room left for the bytes',
  BLOB_STORE_FAILED: 'the store could not do what was asked, or holds fewer bytes than it should',
});

export type StorageErrorCode = (typeof storageErrors.codes)[number];
