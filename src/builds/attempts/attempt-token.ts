import { credentialPrefixes, type Ids } from '#kernel';
import { digestOf } from '#platform/crypto';

const prefix = credentialPrefixes.attempt;

/** A credential for one attempt: its reports, the registry and the embedded git host. */
export function makeAttemptToken(ids: Ids): string {
  return prefix + ids.secret(32);
}

export function isAttemptToken(text: string): boolean {
  return text.startsWith(prefix);
}

/** What is stored of it. */
export function attemptTokenDigest(token: string): string {
  return digestOf(Buffer.from(token));
}
