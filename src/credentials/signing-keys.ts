import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { credentialsErrors } from './credentials-errors.ts';

/** An Ed25519 key pair; its id is the RFC 7638 thumbprint of the public key. */
export interface SigningKey {
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A new key as PKCS #8 PEM: what configuration keeps and `readSigningKey` takes. */
export function generateSigningKey(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Throws `SIGNING_KEY_INVALID`. */
export function readSigningKey(pem: string): SigningKey {
  const privateKey = readPrivateKey(pem);
  if (privateKey.asymmetricKeyType !== 'ed25519') throw invalid();
  const publicKey = createPublicKey(privateKey);
  return { id: thumbprint(publicKey), privateKey, publicKey };
}

function readPrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    // The cause may quote the key.
    throw invalid();
  }
}

function invalid() {
  return credentialsErrors.fail(
    'SIGNING_KEY_INVALID',
    'a signing key is an Ed25519 private key in PKCS #8 PEM; make one with: openssl genpkey -algorithm ed25519',
  );
}

/** RFC 7638, section 3.2, with the members that RFC 8037 requires, in lexical order. */
function thumbprint(publicKey: KeyObject): string {
  const { crv, kty, x } = publicKey.export({ format: 'jwk' });
  return createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');
}
