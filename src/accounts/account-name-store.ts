import { listStatement, type ReadTransaction } from '#platform/db';

const selectNames = listStatement<[], { id: number; name: string }>(
  (marks) => `select account.id, namespace.name from account
    join namespace on namespace.id = account.namespace_id where account.id in (${marks})`,
);

/** What these accounts are called; of one that is not there, nothing. */
export async function findAccountNames(
  tx: Pick<ReadTransaction, 'all' | 'dialect'>,
  accountIds: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const rows = await selectNames(tx, accountIds);
  return new Map(rows.map(({ id, name }) => [id, name]));
}
