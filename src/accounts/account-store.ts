import type { Instant, NamespaceName } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import type { AccountsTables } from './accounts-tables.ts';

export interface Account {
  readonly id: number;
  readonly namespaceId: number;
  readonly name: NamespaceName;
  readonly isAdministrator: boolean;
  readonly isActive: boolean;
  readonly createdAt: Instant;
  /** What grants of theirs name them by. */
  readonly granteeId: number;
}

export interface NewAccount {
  readonly namespaceId: number;
  readonly isAdministrator: boolean;
  readonly createdAt: Instant;
}

type AnyTransaction = ReadTransaction | WriteTransaction;

export async function findAccountById(
  tx: AnyTransaction,
  id: number,
): Promise<Account | undefined> {
  const row = await selectAccounts(tx).where('account.id', '=', id).executeTakeFirst();
  return row && toAccount(row);
}

export async function findAccountByName(
  tx: AnyTransaction,
  name: string,
): Promise<Account | undefined> {
  const row = await selectAccounts(tx).where('namespace.name', '=', name).executeTakeFirst();
  return row && toAccount(row);
}

/** In the order of their names, beginning after `after`. */
export async function listAccounts(
  tx: ReadTransaction,
  page: { readonly after: string; readonly limit: number },
): Promise<readonly Account[]> {
  const rows = await selectAccounts(tx)
    .where('namespace.name', '>', page.after)
    .orderBy('namespace.name')
    .limit(page.limit)
    .execute();
  return rows.map(toAccount);
}

export async function insertAccount(tx: WriteTransaction, account: NewAccount): Promise<number> {
  const { id } = await tx
    .tables<AccountsTables>()
    .insertInto('account')
    .values({
      namespace_id: account.namespaceId,
      is_administrator: Number(account.isAdministrator),
      is_active: 1,
      created_at: account.createdAt,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export async function updateActivity(
  tx: WriteTransaction,
  accountId: number,
  isActive: boolean,
): Promise<void> {
  await tx
    .tables<AccountsTables>()
    .updateTable('account')
    .set({ is_active: Number(isActive) })
    .where('id', '=', accountId)
    .execute();
}

export async function countActiveAdministrators(tx: AnyTransaction): Promise<number> {
  const { count } = await tx
    .tables<AccountsTables>()
    .selectFrom('account')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('is_administrator', '=', 1)
    .where('is_active', '=', 1)
    .executeTakeFirstOrThrow();
  return count;
}

/**
 * Lets one transaction at a time decide who the administrators are; SQLite has one writer anyway.
 * The row of a system namespace stands for the decision, since it is always there.
 */
export async function lockAdministrators(tx: WriteTransaction): Promise<void> {
  if (tx.dialect === 'sqlite') return;
  await tx
    .tables<AccountsTables>()
    .selectFrom('namespace')
    .select('id')
    .where('name', '=', 'library')
    .forNoKeyUpdate()
    .execute();
}

function selectAccounts(tx: AnyTransaction) {
  return tx
    .tables<AccountsTables>()
    .selectFrom('account')
    .innerJoin('namespace', 'namespace.id', 'account.namespace_id')
    .innerJoin('grantee', 'grantee.account_id', 'account.id')
    .select([
      'account.id',
      'account.namespace_id',
      'namespace.name',
      'account.is_administrator',
      'account.is_active',
      'account.created_at',
      'grantee.id as grantee_id',
    ]);
}

type AccountRow = Awaited<ReturnType<ReturnType<typeof selectAccounts>['executeTakeFirstOrThrow']>>;

function toAccount(row: AccountRow): Account {
  return {
    id: row.id,
    namespaceId: row.namespace_id,
    name: row.name as NamespaceName,
    isAdministrator: row.is_administrator === 1,
    isActive: row.is_active === 1,
    createdAt: row.created_at,
    granteeId: row.grantee_id,
  };
}
