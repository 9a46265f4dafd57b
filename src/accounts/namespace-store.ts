import type { NamespaceKind, NamespaceName } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import type { AccountsTables } from './accounts-tables.ts';

export interface Namespace {
  readonly id: number;
  readonly name: NamespaceName;
  readonly kind: NamespaceKind;
}

export async function findNamespace(
  tx: ReadTransaction | WriteTransaction,
  name: string,
): Promise<Namespace | undefined> {
  const row = await tx
    .tables<AccountsTables>()
    .selectFrom('namespace')
    .select(['id', 'name', 'kind'])
    .where('name', '=', name)
    .executeTakeFirst();
  return row === undefined ? undefined : { ...row, name: row.name as NamespaceName };
}

/** Gives the new id; `undefined` when the name is taken. */
export async function insertNamespace(
  tx: WriteTransaction,
  namespace: Omit<Namespace, 'id'> & { readonly createdAt: number },
): Promise<number | undefined> {
  const row = await tx
    .tables<AccountsTables>()
    .insertInto('namespace')
    .values({ name: namespace.name, kind: namespace.kind, created_at: namespace.createdAt })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id;
}
