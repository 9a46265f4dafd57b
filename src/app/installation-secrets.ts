import { createPrivateKey, hkdfSync, randomBytes } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { readSigningKey, type SigningKey } from '#credentials';
import { credentialPrefixes } from '#kernel';
import { startErrors } from './start-errors.ts';

/** Keys of an installation, all made from one secret of 32 bytes. */
export interface InstallationSecrets {
  readonly signingKey: SigningKey;
  /** Encrypts what is kept in the database. */
  readonly encryptionKey: Uint8Array;
  /** The credential of the server's own builder. */
  readonly builderToken: string;
}

/** The keys that follow from a secret; each purpose has its own (RFC 5869). */
export function deriveSecrets(secretKey: Uint8Array): InstallationSecrets {
  return {
    signingKey: readSigningKey(ed25519Pem(derive(secretKey, 'signing'))),
    encryptionKey: derive(secretKey, 'encryption'),
    builderToken: `${credentialPrefixes.builder}${Buffer.from(derive(secretKey, 'builder')).toString('base64url')}`,
  };
}

function derive(secretKey: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secretKey, new Uint8Array(), `slipway ${purpose}`, 32));
}

/** PKCS #8 around a seed (RFC 8410, section 7). */
function ed25519Pem(seed: Uint8Array): string {
  const header = Buffer.from('302e020100300506032b657004220420', 'hex');
  const key = createPrivateKey({
    key: Buffer.concat([header, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  return key.export({ format: 'pem', type: 'pkcs8' }).toString();
}

const secretBytes = 32;
const secretsFile = z.object({ secretKey: z.base64() });

/**
 * The secret in the file; made, and made durable, when there is no file yet. Throws
 * `SECRETS_UNUSABLE` for a file that holds none.
 */
export async function readOrMakeSecretKey(path: string): Promise<Uint8Array> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text !== undefined) return parseSecretKey(text, path);
  const secretKey = randomBytes(secretBytes);
  await writeDurably(path, `${JSON.stringify({ secretKey: secretKey.toString('base64') })}\n`);
  return secretKey;
}

function parseSecretKey(text: string, path: string): Uint8Array {
  try {
    const secretKey = Buffer.from(secretsFile.parse(JSON.parse(text)).secretKey, 'base64');
    if (secretKey.length === secretBytes) return secretKey;
  } catch {
    // What the file holds stays out of the message: it may be a part of the secret.
  }
  throw startErrors.fail(
    'SECRETS_UNUSABLE',
    `${path} holds no secret of ${secretBytes} bytes: restore it from a backup; without it, tokens end and stored build variables can't be read`,
  );
}

async function writeDurably(path: string, text: string): Promise<void> {
  const draft = await open(`${path}.new`, 'w', 0o600);
  await draft.writeFile(text);
  await draft.sync();
  await draft.close();
  await rename(`${path}.new`, path);
  const folder = await open(dirname(path), 'r');
  await folder.sync();
  await folder.close();
}
