import { createHmac, randomBytes } from 'node:crypto';
import { BoundedCache, type Clock } from '#kernel';
import type { Database } from '#platform/db';
import { type Account, findAccountByName, findPasswordHash } from './account-store.ts';
import {
  type CredentialStanding,
  principalOfPassword,
  referenceTo,
} from './credential-standing.ts';
import type { LoginLimits } from './login-limits.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { UserPrincipal } from './principal.ts';

export interface PasswordLoginOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly hasher: PasswordHasher;
  readonly limits: LoginLimits;
  readonly standing: CredentialStanding;
}

export interface PasswordAttempt {
  readonly name: string;
  readonly password: string;
  readonly remoteAddress: string;
}

/** Who has this name and this password, or `undefined`. Throws `TOO_MANY_TRIES`, `LOGIN_BUSY`. */
export type PasswordLogin = (attempt: PasswordAttempt) => Promise<UserPrincipal | undefined>;

/**
 * Clients of the registry and of the API may send their password with each request: what was right
 * is remembered for a minute under a keyed hash, while the account behind it is looked at anew.
 */
const remembered = { capacity: 5_000, lifetimeMilliseconds: 60_000 };

export function createPasswordLogin(options: PasswordLoginOptions): PasswordLogin {
  const right = new BoundedCache<UserPrincipal | undefined>({
    ...remembered,
    clock: options.clock,
  });
  const hashKey = randomBytes(32);
  const keyedHash = ({ name, password }: PasswordAttempt) =>
    createHmac('sha256', hashKey)
      .update(JSON.stringify([name, password]))
      .digest('hex');

  return async (attempt) => {
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
): Promise<UserPrincipal | undefined> {
  options.limits.begin(attempt);
  const account = await matchPassword(options, attempt).catch((error: unknown) => {
    options.limits.abandon(attempt);
    throw error;
  });
  if (account === undefined) return undefined;
  options.limits.succeed(attempt);
  return principalOfPassword(account);
}

/** The active account of this name and password; as much work when there is none. */
async function matchPassword(
  { database, hasher }: PasswordLoginOptions,
  { name, password }: PasswordAttempt,
): Promise<Account | undefined> {
  const account = await database.read((tx) => findAccountByName(tx, name));
  const hash = await database.read((tx) => findPasswordHash(tx, account?.id ?? 0));
  const matches = await hasher.check(hash, password);
  return matches && account?.isActive === true ? account : undefined;
}
