import { assertAllowed, decideOnServer, type Principal, requirePerson } from '#access';
import type { Instant, NamespaceName } from '#kernel';
import type { Database, WriteTransaction } from '#platform/db';
import { findAccountNames } from './account-name-store.ts';
import {
  type Account,
  countActiveAdministrators,
  findAccountById,
  findAccountByName,
  insertAccount,
  listAccounts,
  lockAdministrators,
  updateActivity,
} from './account-store.ts';
import { accountsErrors } from './accounts-errors.ts';
import { insertNamespaceGrant, insertPersonAsGrantee } from './grant-store.ts';
import { insertNamespace } from './namespace-store.ts';

/** People. How they log in, and thereby how they come to be, is `#credentials`'s. */
export interface Accounts {
  /** Active or not. */
  find(name: string): Promise<Account | undefined>;

  /** What these accounts are called; of one that is not there, nothing. */
  namesOf(accountIds: readonly number[]): Promise<ReadonlyMap<number, string>>;

  /** The principal's own, as it stands now. */
  own(principal: Principal): Promise<Account>;

  /** Up to `limit` accounts in the order of their names; administrators only. */
  list(
    principal: Principal,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<readonly Account[]>;

  /**
   * Lets an account log in, or takes all power from it and its tokens within 5 seconds;
   * administrators only. Throws `ACCOUNT_UNKNOWN`, `LAST_ADMINISTRATOR`.
   */
  setActive(principal: Principal, name: string, isActive: boolean): Promise<void>;
}

export function createAccounts({ database }: { readonly database: Database }): Accounts {
  return {
    find: (name) => database.read((tx) => findAccountByName(tx, name)),
    namesOf: (ids) => database.read((tx) => findAccountNames(tx, ids)),
    async own(principal) {
      const { accountId } = requirePerson(principal, 'viewOwnAccount');
      const account = await database.read((tx) => findAccountById(tx, accountId));
      if (account !== undefined) return account;
      throw new Error('a principal outlived its account, which accounts do not end by');
    },
    async list(principal, { after = '', limit }) {
      assertAllowed(decideOnServer(principal, 'manageAccounts'));
      return database.read((tx) => listAccounts(tx, { after, limit }));
    },
    async setActive(principal, name, isActive) {
      assertAllowed(decideOnServer(principal, 'manageAccounts'));
      await database.transact((tx) => setActive(tx, name, isActive));
    },
  };
}

async function setActive(tx: WriteTransaction, name: string, isActive: boolean): Promise<void> {
  await lockAdministrators(tx);
  const account = await findAccountByName(tx, name);
  if (account === undefined) {
    throw accountsErrors.fail('ACCOUNT_UNKNOWN', `there is no account ${name.slice(0, 100)}`);
  }
  await updateActivity(tx, account.id, isActive);
  if ((await countActiveAdministrators(tx)) > 0) return;
  throw accountsErrors.fail(
    'LAST_ADMINISTRATOR',
    `${name} is the last active administrator; make another account administrator first`,
  );
}

export interface NewPerson {
  readonly name: NamespaceName;
  readonly isAdministrator: boolean;
  readonly createdAt: Instant;
}

/** Makes an account and the namespace of the same name, which it owns. Throws `NAMESPACE_TAKEN`. */
export async function addPerson(tx: WriteTransaction, person: NewPerson): Promise<Account> {
  const namespaceId = await insertNamespace(tx, { ...person, kind: 'user' });
  if (namespaceId === undefined) {
    throw accountsErrors.fail(
      'NAMESPACE_TAKEN',
      `the name ${person.name} is taken; choose another`,
      { detail: { field: 'name' } },
    );
  }
  const accountId = await insertAccount(tx, { ...person, namespaceId });
  const granteeId = await insertPersonAsGrantee(tx, accountId);
  await insertNamespaceGrant(tx, { namespaceId, granteeId, role: 'owner' });
  const account = await findAccountById(tx, accountId);
  if (account === undefined) throw new Error('an account vanished from its own transaction');
  return account;
}
