import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { defineErrors } from '#kernel';

export const secretBoxErrors = defineErrors({
  SECRET_UNREADABLE: 'a stored secret was sealed with another key, or was changed since',
});

/** Keeps secrets that are read again, such as variables of builds: encrypted and authenticated. */
export interface SecretBox {
  /** Another text each time, also for the same secret. */
  seal(text: string): string;
  /** Throws `SECRET_UNREADABLE`, which is the operator's to mend. */
  open(sealed: string): string;
}

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
const version = 'v1.';

/** AES-256-GCM under a key that is derived from at least 32 bytes. */
export function createSecretBox(key: Uint8Array): SecretBox {
  const derived = Buffer.from(hkdfSync('sha256', key, '', 'slipway secret box', 32));
  return {
    seal(text) {
      const nonce = randomBytes(nonceBytes);
      const sealing = createCipheriv(cipher, derived, nonce);
      const body = Buffer.concat([sealing.update(text, 'utf8'), sealing.final()]);
      const sealed = Buffer.concat([nonce, sealing.getAuthTag(), body]);
      return version + sealed.toString('base64url');
    },
    open(sealed) {
      const bytes = Buffer.from(sealed.slice(version.length), 'base64url');
      try {
        const opening = createDecipheriv(cipher, derived, bytes.subarray(0, nonceBytes));
        opening.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
        const body = opening.update(bytes.subarray(nonceBytes + tagBytes));
        return Buffer.concat([body, opening.final()]).toString('utf8');
      } catch (cause) {
        throw secretBoxErrors.fail(
          'SECRET_UNREADABLE',
          'a stored secret can not be read; start the server with the secret key that it was stored with',
          { cause },
        );
      }
    },
  };
}
