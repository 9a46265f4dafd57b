import type { Ids } from '#kernel';
import { digestOf } from '#platform/crypto';

/**
 * What a builder names its connection by: the row's number and a secret, so that no other builder can
 * speak for it.
 */
export interface ConnectionKey {
  readonly id: number;
  readonly keyDigest: string;
}

export function makeConnectionSecret(ids: Ids): string {
  return ids.secret(32);
}

export function secretDigest(secret: string): string {
  return digestOf(Buffer.from(secret));
}

export function formatConnectionId(id: number, secret: string): string {
  return `${id}.${secret}`;
}

/** `undefined` for text that names no connection. */
export function parseConnectionId(text: string): ConnectionKey | undefined {
  const [, id, secret] = /^(\d{1,15})\.(.+)$/.exec(text) ?? [];
  if (id === undefined || secret === undefined) return undefined;
  return { id: Number(id), keyDigest: secretDigest(secret) };
}
