import type { AppError, Digest } from '#kernel';
import { registryErrors } from '../registry-errors.ts';

export function blobUnknown(digest: Digest): AppError {
  return registryErrors.fail('BLOB_UNKNOWN', 'the repository holds no such blob', {
    detail: { digest },
  });
}
