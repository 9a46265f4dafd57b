import {
  type Clock,
  type Instant,
  type NamespaceName,
  parseNamespaceName,
  parseOperatorName,
} from '#kernel';
import type { Database, WriteTransaction } from '#platform/db';
import { assertMayAdminister, assertMayManageAccount } from './account-policy.ts';
import {
  type Account,
  countActiveAdministrators,
  findAccountById,
  findAccountByName,
  insertAccount,
  listAccounts,
  lockAdministrators,
  updateActivity,
  updatePassword,
} from './account-store.ts';
import { identityErrors } from './identity-errors.ts';
import { insertNamespace } from './namespace-store.ts';
import type { PasswordHasher } from './password-hasher.ts';
import { assertAcceptablePassword } from './password-policy.ts';
import type { Principal, UserPrincipal } from './principal.ts';

export interface NewUser {
  readonly name: string;
  readonly password: string;
  readonly isAdministrator?: boolean;
}

/** People and their personal namespaces. */
export interface Accounts {
  /**
   * Makes an account and the namespace of the same name; administrators only. Throws
   * `ADMINISTRATOR_NEEDED`, `PASSWORD_SESSION_NEEDED`, `NAME_INVALID` (reserved names too),
   * `NAMESPACE_TAKEN`, `PASSWORD_UNACCEPTABLE`, `LOGIN_BUSY`.
   */
  create(principal: Principal, user: NewUser): Promise<Account>;

  /**
   * Makes the first administrator of a new server. Does nothing and gives `undefined` once there is
   * an administrator, whatever the name and password say: several servers may call it at start.
   * Throws as `create` does for a bad name or password.
   */
  ensureFirstAdministrator(user: Omit<NewUser, 'isAdministrator'>): Promise<Account | undefined>;

  /** Active or not. */
  find(name: string): Promise<Account | undefined>;

  /** Up to `limit` accounts in the order of their names; administrators only. */
  list(
    principal: Principal,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<readonly Account[]>;

  /**
   * Sets the principal's own password. Every log-in made with the old one loses its power within
   * 5 seconds; access tokens stay. Throws `PASSWORD_SESSION_NEEDED`, `PASSWORD_UNACCEPTABLE`.
   */
  changePassword(principal: UserPrincipal, password: string): Promise<void>;

  /**
   * Lets an account log in, or takes all power from it and its tokens within 5 seconds;
   * administrators only. Throws `ACCOUNT_UNKNOWN`, `LAST_ADMINISTRATOR`.
   */
  setActive(principal: Principal, name: string, isActive: boolean): Promise<void>;
}

export interface AccountsOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly hasher: PasswordHasher;
}

export function createAccounts(options: AccountsOptions): Accounts {
  const { database } = options;
  return {
    async create(principal, user) {
      assertMayAdminister(principal);
      const name = parseNamespaceName(user.name);
      const hashed = await prepareUser(options, { ...user, name });
      return database.transact((tx) => insertUser(tx, hashed));
    },
    async ensureFirstAdministrator(user) {
      if ((await database.read(countActiveAdministrators)) > 0) return undefined;
      const name = parseOperatorName(user.name);
      const hashed = await prepareUser(options, { ...user, name, isAdministrator: true });
      return database.transact(async (tx) => {
        await lockAdministrators(tx);
        if ((await countActiveAdministrators(tx)) > 0) return undefined;
        return insertUser(tx, hashed);
      });
    },
    find: (name) => database.read((tx) => findAccountByName(tx, name)),
    async list(principal, { after = '', limit }) {
      assertMayAdminister(principal);
      return database.read((tx) => listAccounts(tx, { after, limit }));
    },
    async changePassword(principal, password) {
      assertMayManageAccount(principal);
      assertAcceptablePassword(password, principal.name);
      const passwordHash = await options.hasher.hash(password);
      const { accountId } = principal;
      await database.transact((tx) =>
        setPassword(tx, { accountId, passwordHash, now: options.clock.now() }),
      );
    },
    async setActive(principal, name, isActive) {
      assertMayAdminister(principal);
      await database.transact((tx) => setActive(tx, name, isActive));
    },
  };
}

interface HashedUser {
  readonly name: NamespaceName;
  readonly passwordHash: string;
  readonly isAdministrator: boolean;
  readonly createdAt: Instant;
}

type NamedUser = NewUser & { readonly name: NamespaceName };

async function prepareUser(options: AccountsOptions, user: NamedUser): Promise<HashedUser> {
  const { name } = user;
  assertAcceptablePassword(user.password, name);
  return {
    name,
    passwordHash: await options.hasher.hash(user.password),
    isAdministrator: user.isAdministrator ?? false,
    createdAt: options.clock.now(),
  };
}

async function insertUser(tx: WriteTransaction, user: HashedUser): Promise<Account> {
  const namespaceId = await insertNamespace(tx, { ...user, kind: 'user' });
  if (namespaceId === undefined) {
    throw identityErrors.fail('NAMESPACE_TAKEN', `the name ${user.name} is taken; choose another`, {
      detail: { field: 'name' },
    });
  }
  const account = await findAccountById(tx, await insertAccount(tx, { ...user, namespaceId }));
  if (account === undefined) throw new Error('an account vanished from its own transaction');
  return account;
}

async function setPassword(
  tx: WriteTransaction,
  change: { readonly accountId: number; readonly passwordHash: string; readonly now: Instant },
): Promise<void> {
  const { accountId, passwordHash, now } = change;
  const account = await findAccountById(tx, accountId);
  if (account === undefined) throw unknownAccount('of this log-in');
  // Log-ins are told apart by this instant, so that it must differ from the last one's.
  const changedAt = Math.max(now, account.passwordChangedAt + 1);
  await updatePassword(tx, accountId, { passwordHash, changedAt });
}

async function setActive(tx: WriteTransaction, name: string, isActive: boolean): Promise<void> {
  await lockAdministrators(tx);
  const account = await findAccountByName(tx, name);
  if (account === undefined) throw unknownAccount(name.slice(0, 100));
  await updateActivity(tx, account.id, isActive);
  if ((await countActiveAdministrators(tx)) > 0) return;
  throw identityErrors.fail(
    'LAST_ADMINISTRATOR',
    `${name} is the last active administrator; make another account administrator first`,
  );
}

function unknownAccount(which: string) {
  return identityErrors.fail('ACCOUNT_UNKNOWN', `there is no account ${which}`);
}
