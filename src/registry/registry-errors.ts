import { defineErrors } from '#kernel';

/** Spelled as the OCI distribution specification does ("Error Codes") where it has a word for it. */
export const registryErrors = defineErrors({
  BLOB_UNKNOWN: 'the repository holds no such blob',
  BLOB_UPLOAD_UNKNOWN: 'the upload session does not exist, has ended, or belongs to somebody else',
  BLOB_UPLOAD_BUSY: 'another request is sending bytes to the same upload session',
  UPLOADS_TOO_MANY:
    'too many upload sessions are open: of the caller, in the repository, or in all',
  BLOB_TOO_LARGE: 'the blob is larger than this registry takes',
  BLOB_REFERENCED: 'a manifest of the repository needs the blob',
  DIGEST_MISMATCH: 'the bytes are not what their digest says',
  RANGE_INVALID: 'the bytes do not go on where the upload session stands',
  SIZE_INVALID: 'a size that was announced is not the size that was found',
  MANIFEST_UNKNOWN: 'the repository holds no such manifest',
  MANIFEST_INVALID: 'the manifest breaks the specification, or can be read in two ways',
  MANIFEST_TOO_LARGE: 'the manifest is larger than 4 MiB',
  MANIFEST_BLOB_UNKNOWN: 'the manifest refers to blobs or manifests that the repository lacks',
  DENIED: 'the caller, or a rule of the repository, does not allow it',
});

export type RegistryErrorCode = (typeof registryErrors.codes)[number];
