import { registryErrors } from '../registry-errors.ts';

export function uploadUnknown() {
  return registryErrors.fail(
    'BLOB_UPLOAD_UNKNOWN',
    'there is no such upload: it has ended, expired, or was never begun here',
  );
}

export function uploadBusy() {
  return registryErrors.fail('BLOB_UPLOAD_BUSY', 'another request is writing to this upload');
}
