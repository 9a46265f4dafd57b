import type { Person } from '#access';
import { type Account, findAccountById } from '#accounts';
import type { Clock, Instant } from '#kernel';
import { BoundedCache } from '#platform/cache';
import type { Database } from '#platform/db';
import { type AccessToken, findAccessToken } from './access-token-store.ts';
import { findPassword } from './password-store.ts';
import { findSession, type StoredSession } from './session-store.ts';

/** What a log-in rests on, as sessions and registry tokens remember it. */
export type CredentialReference =
  | PasswordReference
  | SessionReference
  | { readonly kind: 'pat'; readonly id: string };

interface PasswordReference {
  readonly kind: 'password';
  readonly accountId: number;
  readonly passwordChangedAt: Instant;
}

interface SessionReference {
  readonly kind: 'session';
  readonly accountId: number;
  readonly id: string;
}

/**
 * Whether a credential still has power, and whose it is. Answers are at most 4 seconds old, so that
 * what is taken away has no power within 5 seconds, on every server.
 */
export interface CredentialStanding {
  /** `undefined` when the account is inactive, the password changed, the session ended, the token revoked or expired. */
  find(reference: CredentialReference): Promise<Person | undefined>;
  /** Finds an access token by the digest of its text. */
  findByDigest(digest: string): Promise<Person | undefined>;
}

const remembered = { capacity: 20_000, lifetimeMilliseconds: 4_000 };

export function createCredentialStanding(options: {
  readonly database: Database;
  readonly clock: Clock;
}): CredentialStanding {
  const { database, clock } = options;
  const accounts = new BoundedCache<PasswordAccount | undefined>({ ...remembered, clock });
  const tokens = new BoundedCache<AccessToken | undefined>({ ...remembered, clock });

  const sessions = new BoundedCache<StoredSession | undefined>({ ...remembered, clock });

  const loadAccount = (id: number) =>
    accounts.get(String(id), () => loadPasswordAccount(database, id));
  const ofToken = async (key: string, by: { id: string } | { digest: string }) => {
    const token = await tokens.get(key, () => database.read((tx) => findAccessToken(tx, by)));
    if (token === undefined || !isUsable(token, clock)) return undefined;
    const account = await loadAccount(token.accountId);
    if (account?.isActive !== true) return undefined;
    return principalOf(account, { kind: 'pat', id: token.id, scope: token.scope });
  };
  const ofPassword = async ({ accountId, passwordChangedAt }: PasswordReference) => {
    let account = await loadAccount(accountId);
    if (account !== undefined && (account.passwordChangedAt ?? 0) < passwordChangedAt) {
      // What is remembered is older than this log-in: the password was just changed.
      accounts.forget(String(accountId));
      account = await loadAccount(accountId);
    }
    if (account?.isActive !== true || account.passwordChangedAt !== passwordChangedAt) {
      return undefined;
    }
    return principalOfPassword(account, passwordChangedAt);
  };

  const ofSession = async ({ id, accountId }: SessionReference) => {
    const session = await sessions.get(id, () => database.read((tx) => findSession(tx, id)));
    if (session?.accountId !== accountId || clock.now() >= session.expiresAt) return undefined;
    const account = await loadAccount(accountId);
    if (account?.isActive !== true) return undefined;
    const { passwordChangedAt = 0 } = account;
    return principalOf(account, { kind: 'password', passwordChangedAt, sessionId: id });
  };

  return {
    find: (reference) => {
      switch (reference.kind) {
        case 'password':
          return ofPassword(reference);
        case 'session':
          return ofSession(reference);
        case 'pat':
          return ofToken(`id:${reference.id}`, { id: reference.id });
      }
    },
    findByDigest: (digest) => ofToken(`digest:${digest}`, { digest }),
  };
}

/** An account, and which password is its own now. */
export interface PasswordAccount extends Account {
  /** Absent for who has none. */
  readonly passwordChangedAt: Instant | undefined;
}

async function loadPasswordAccount(
  database: Database,
  id: number,
): Promise<PasswordAccount | undefined> {
  return database.read(async (tx) => {
    const account = await findAccountById(tx, id);
    if (account === undefined) return undefined;
    return { ...account, passwordChangedAt: (await findPassword(tx, id))?.changedAt };
  });
}

export function principalOfPassword(account: Account, passwordChangedAt: Instant): Person {
  return principalOf(account, { kind: 'password', passwordChangedAt });
}

export function referenceTo(principal: Person): CredentialReference {
  const { accountId, credential } = principal;
  if (credential.kind === 'pat') return { kind: 'pat', id: credential.id };
  const { passwordChangedAt, sessionId } = credential;
  return sessionId === undefined
    ? { kind: 'password', accountId, passwordChangedAt }
    : { kind: 'session', accountId, id: sessionId };
}

function principalOf(account: Account, credential: Person['credential']): Person {
  return {
    kind: 'person',
    accountId: account.id,
    granteeId: account.granteeId,
    name: account.name,
    isAdministrator: account.isAdministrator,
    credential,
  };
}

function isUsable(token: AccessToken, clock: Clock): boolean {
  if (token.revokedAt !== undefined) return false;
  return token.expiresAt === undefined || clock.now() < token.expiresAt;
}
