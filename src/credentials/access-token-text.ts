import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { credentialPrefixes, type Ids } from '#kernel';

/**
 * The text of an access token: a prefix that says what it is, 256 random bits and a checksum, so
 * that scanners find leaked ones and typing errors cost no look-up. Only its digest is kept.
 */
const personalTokenPrefix = credentialPrefixes.personalAccessToken;

const secretBytes = 32;
const checksumLength = 7;
const tokenForm = new RegExp(`^${personalTokenPrefix}[A-Za-z0-9_-]{43}[0-9a-z]{7}$`);

export function makeAccessToken(ids: Ids): string {
  const body = `${personalTokenPrefix}${ids.secret(secretBytes)}`;
  return `${body}${checksum(body)}`;
}

/** Whether the text claims to be an access token; it may still be one that was never issued. */
export function looksLikeAccessToken(text: string): boolean {
  return text.startsWith(personalTokenPrefix);
}

/** Whether form and checksum are right. */
export function isAccessTokenText(text: string): boolean {
  if (!tokenForm.test(text)) return false;
  return checksum(text.slice(0, -checksumLength)) === text.slice(-checksumLength);
}

/** A token has so much chance in it that a plain digest can't be turned back (unlike a password's). */
export function digestAccessToken(text: string): string {
  return hash('sha256', text);
}

function checksum(body: string): string {
  return crc32(body).toString(36).padStart(checksumLength, '0');
}
