import { BoundedCache, type Clock, type Instant } from '#kernel';
import type { Database } from '#platform/db';
import { type AccessToken, findAccessToken } from './access-token-store.ts';
import { type Account, findAccountById } from './account-store.ts';
import type { UserPrincipal } from './principal.ts';

/** What a log-in rests on, as sessions and registry tokens remember it. */
export type CredentialReference = PasswordReference | { readonly kind: 'pat'; readonly id: string };

interface PasswordReference {
  readonly kind: 'password';
  readonly accountId: number;
  readonly passwordChangedAt: Instant;
}

/**
 * Whether a credential still has power, and whose it is. Answers are at most 4 seconds old, so that
 * what is taken away has no power within 5 seconds, on every server.
 */
export interface CredentialStanding {
  /** `undefined` when the account is inactive, the password changed, the token revoked or expired. */
  find(reference: CredentialReference): Promise<UserPrincipal | undefined>;
  /** Finds an access token by the digest of its text. */
  findByDigest(digest: string): Promise<UserPrincipal | undefined>;
}

const remembered = { capacity: 20_000, lifetimeMilliseconds: 4_000 };

export function createCredentialStanding(options: {
  readonly database: Database;
  readonly clock: Clock;
}): CredentialStanding {
  const { database, clock } = options;
  const accounts = new BoundedCache<Account | undefined>({ ...remembered, clock });
  const tokens = new BoundedCache<AccessToken | undefined>({ ...remembered, clock });

  const loadAccount = (id: number) =>
    accounts.get(String(id), () => database.read((tx) => findAccountById(tx, id)));
  const ofToken = async (key: string, by: { id: string } | { digest: string }) => {
    const token = await tokens.get(key, () => database.read((tx) => findAccessToken(tx, by)));
    if (token === undefined || !isUsable(token, clock)) return undefined;
    const account = await loadAccount(token.accountId);
    if (account?.isActive !== true) return undefined;
    return principalOf(account, { kind: 'pat', id: token.id, scope: token.scope });
  };
  const ofPassword = async ({ accountId, passwordChangedAt }: PasswordReference) => {
    let account = await loadAccount(accountId);
    if (account !== undefined && account.passwordChangedAt < passwordChangedAt) {
      // What is remembered is older than this log-in: the password was just changed.
      accounts.forget(String(accountId));
      account = await loadAccount(accountId);
    }
    if (account?.isActive !== true || account.passwordChangedAt !== passwordChangedAt) {
      return undefined;
    }
    return principalOfPassword(account);
  };

  return {
    find: (reference) =>
      reference.kind === 'password'
        ? ofPassword(reference)
        : ofToken(`id:${reference.id}`, { id: reference.id }),
    findByDigest: (digest) => ofToken(`digest:${digest}`, { digest }),
  };
}

export function principalOfPassword(account: Account): UserPrincipal {
  const { passwordChangedAt } = account;
  return principalOf(account, { kind: 'password', passwordChangedAt });
}

export function referenceTo(principal: UserPrincipal): CredentialReference {
  const { accountId, credential } = principal;
  return credential.kind === 'pat'
    ? { kind: 'pat', id: credential.id }
    : { kind: 'password', accountId, passwordChangedAt: credential.passwordChangedAt };
}

function principalOf(account: Account, credential: UserPrincipal['credential']): UserPrincipal {
  return {
    kind: 'user',
    accountId: account.id,
    namespaceId: account.namespaceId,
    name: account.name,
    isAdministrator: account.isAdministrator,
    credential,
  };
}

function isUsable(token: AccessToken, clock: Clock): boolean {
  if (token.revokedAt !== undefined) return false;
  return token.expiresAt === undefined || clock.now() < token.expiresAt;
}
