import type { Ids } from '#kernel';
import type { BlobKey } from './blob-store.ts';
import { storageErrors } from './storage-errors.ts';

const segmentForm = /^[a-z0-9][a-z0-9.-]*$/;
const longestKey = 200;

/** A key that was never used before: `blobs/<aa>/<uuid>`, spread over 256 folders. */
export function newBlobKey(ids: Ids): BlobKey {
  const uuid = ids.uuid();
  return `blobs/${uuid.slice(0, 2)}/${uuid}`;
}

/** Throws `BLOB_STORE_FAILED` for text that could lead out of the store. Drivers call it first. */
export function requireBlobKey(key: BlobKey): BlobKey {
  if (key.length <= longestKey && key.split('/').every(isKeySegment)) return key;
  throw storageErrors.fail('BLOB_STORE_FAILED', 'a blob key is made by the program only', {
    detail: { key: key.slice(0, longestKey) },
  });
}

/** What stands between the slashes of a key. */
export function isKeySegment(text: string): boolean {
  return segmentForm.test(text);
}
