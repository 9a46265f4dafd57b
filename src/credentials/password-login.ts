import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import type { Person } from '#access';
import { findAccountByName } from '#accounts';
import { addressBlock, type Clock } from '#kernel';
import { BoundedCache } from '#platform/cache';
import type { Database } from '#platform/db';
import {
  type CredentialStanding,
  principalOfPassword,
  referenceTo,
} from './credential-standing.ts';
import type { LoginLimits, LoginTry } from './login-limits.ts';
import type { PasswordHasher } from './password-hasher.ts';
import { findPassword } from './password-store.ts';

export interface PasswordLoginOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly hasher: PasswordHasher;
  readonly limits: LoginLimits;
  readonly standing: CredentialStanding;
}

export interface PasswordAttempt extends LoginTry {
  readonly password: string;
}

/** Who has this name and this password, or `undefined`. Throws `TOO_MANY_TRIES`, `LOGIN_BUSY`. */
export type PasswordLogin = (attempt: PasswordAttempt) => Promise<Person | undefined>;

/**
 * Clients of the registry and of the API may send their password with each request: what was right
 * is remembered for a minute under a keyed hash, while the account behind it is looked at anew. Only
 * for the address that it came from, and not while guesses flood in from there: what is remembered is
 * found without a limit.
 */
const remembered = { capacity: 5_000, lifetimeMilliseconds: 60_000 };

export function createPasswordLogin(options: PasswordLoginOptions): PasswordLogin {
  const right = new BoundedCache<Person | undefined>({
    ...remembered,
    clock: options.clock,
  });
  // As bytes, the key would be made anew by each request that brings a password.
  const hashKey = createSecretKey(randomBytes(32));
  const keyedHash = ({ name, password, remoteAddress }: PasswordAttempt) =>
    createHmac('sha256', hashKey)
      .update(JSON.stringify([name, password, addressBlock(remoteAddress)]))
      .digest('hex');

  return async (attempt) => {
    options.limits.assertNoFlood(attempt);
    const key = keyedHash(attempt);
    const known = await right.get(key, () => checkPassword(options, attempt));
    const principal = known && (await options.standing.find(referenceTo(known)));
    if (principal === undefined) right.forget(key);
    return principal;
  };
}

async function checkPassword(
  options: PasswordLoginOptions,
  attempt: PasswordAttempt,
): Promise<Person | undefined> {
  options.limits.begin(attempt);
  const person = await matchPassword(options, attempt).catch((error: unknown) => {
    options.limits.abandon(attempt);
    throw error;
  });
  if (person === undefined) return undefined;
  options.limits.succeed(attempt);
  return person;
}

/** The active account of this name and password; as much work when there is none. */
async function matchPassword(
  { database, hasher, limits }: PasswordLoginOptions,
  attempt: PasswordAttempt,
): Promise<Person | undefined> {
  const { name, password, remoteAddress } = attempt;
  const account = await database.read((tx) => findAccountByName(tx, name));
  const stored = await database.read((tx) => findPassword(tx, account?.id ?? 0));
  const matches = await hasher.check(stored?.hash, password, {
    address: addressBlock(remoteAddress),
    isKnown: limits.isKnown(attempt),
  });
  if (!matches || stored === undefined || account?.isActive !== true) return undefined;
  return principalOfPassword(account, stored.changedAt);
}
