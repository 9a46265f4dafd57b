/** platform/crypto: what takes Node's cryptography: chance, hashes of bytes, secrets that are read again. */
export { digestOf, finishDigest } from './digest-bytes.ts';
export { createSecretBox, type SecretBox, secretBoxErrors } from './secret-box.ts';
export { systemIds } from './system-ids.ts';
