import { createHmac, randomBytes } from 'node:crypto';
import { BoundedCache, type Clock } from '#kernel';
import type { Database } from '#platform/db';
import { digestAccessToken, isAccessTokenText, looksLikeAccessToken } from './access-token-text.ts';
import { type Account, findAccountByName, findPasswordHash } from './account-store.ts';
import {
  type CredentialStanding,
  principalOfPassword,
  referenceTo,
} from './credential-standing.ts';
import { identityErrors } from './identity-errors.ts';
import type { LastUseStamps } from './last-use-stamps.ts';
import type { LoginLimits } from './login-limits.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { UserPrincipal } from './principal.ts';

export interface LoginRequest {
  /** The name of the account; upper case is forgiven. */
  readonly name: string;
  /** The password, or an access token of the account. */
  readonly secret: string;
  readonly remoteAddress: string;
}

/** Turns a name and a secret into a principal. */
export interface LogIn {
  /**
   * Throws `INVALID_CREDENTIALS`, the same for an unknown name and a wrong secret, after the same
   * work; `TOO_MANY_TRIES`; `LOGIN_BUSY`.
   */
  withSecret(request: LoginRequest): Promise<UserPrincipal>;
  /** Whose access token this is. Throws `INVALID_CREDENTIALS`. */
  withAccessToken(text: string): Promise<UserPrincipal>;
}

export interface LogInOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly hasher: PasswordHasher;
  readonly limits: LoginLimits;
  readonly standing: CredentialStanding;
  readonly stamps: LastUseStamps;
}

/** A client that sends its password with each request has it hashed once a minute. */
const remembered = { capacity: 5_000, lifetimeMilliseconds: 60_000 };

export function createLogIn(options: LogInOptions): LogIn {
  const checked = new BoundedCache<UserPrincipal>({ ...remembered, clock: options.clock });
  const hashKey = randomBytes(32);
  const keyedHash = ({ name, secret }: LoginRequest) =>
    createHmac('sha256', hashKey)
      .update(JSON.stringify([name, secret]))
      .digest('hex');

  const withAccessToken = async (text: string) => {
    // Nobody guesses 256 bits, so tries with tokens need no limit, and a typing error no look-up.
    const principal = isAccessTokenText(text)
      ? await options.standing.findByDigest(digestAccessToken(text))
      : undefined;
    if (principal?.credential.kind !== 'pat') throw invalidCredentials();
    options.stamps.note(principal.credential.id);
    return principal;
  };

  return {
    withAccessToken,
    async withSecret(request) {
      const login = { ...request, name: request.name.toLowerCase() };
      if (looksLikeAccessToken(login.secret)) {
        const principal = await withAccessToken(login.secret);
        if (principal.name !== login.name) throw invalidCredentials();
        return principal;
      }
      const key = keyedHash(login);
      const known = await checked.get(key, () => checkPassword(options, login));
      const principal = await options.standing.find(referenceTo(known));
      if (principal !== undefined) return principal;
      checked.forget(key);
      throw invalidCredentials();
    },
  };
}

async function checkPassword(options: LogInOptions, login: LoginRequest): Promise<UserPrincipal> {
  options.limits.begin(login);
  const account = await matchPassword(options, login).catch((error: unknown) => {
    options.limits.abandon(login);
    throw error;
  });
  if (account === undefined) throw invalidCredentials();
  options.limits.succeed(login);
  return principalOfPassword(account);
}

/** The active account of this name and password; as much work when there is none. */
async function matchPassword(
  { database, hasher }: LogInOptions,
  login: LoginRequest,
): Promise<Account | undefined> {
  const account = await database.read((tx) => findAccountByName(tx, login.name));
  const hash = await database.read((tx) => findPasswordHash(tx, account?.id ?? 0));
  const matches = await hasher.check(hash, login.secret);
  return matches && account?.isActive === true ? account : undefined;
}

function invalidCredentials() {
  return identityErrors.fail('INVALID_CREDENTIALS', 'incorrect username or password');
}
