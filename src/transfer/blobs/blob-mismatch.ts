import type { BlobDescriptor } from '../content/descriptor.ts';
import { transferErrors } from '../transfer-errors.ts';

/** `registry.example gave less than the 100 bytes of sha256:…`. */
export function blobMismatch(host: string, { digest, size }: BlobDescriptor, what: string) {
  const message = `${host} gave ${what} the ${size} bytes of ${digest}`;
  return transferErrors.fail('CONTENT_MISMATCH', message, { detail: { registry: host, digest } });
}
