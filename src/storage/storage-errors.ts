import { defineErrors } from '#kernel';

export const storageErrors = defineErrors({
  BLOB_STORE_RESUME: 'the bytes that writing should go on after are not there any more',
  BLOB_STORE_SHORT: 'a key holds fewer bytes than were asked for',
  BLOB_STORE_FULL: 'the store has no room left for the bytes',
  BLOB_STORE_FAILED: 'the store could not do what was asked',
});

export type StorageErrorCode = (typeof storageErrors.codes)[number];
