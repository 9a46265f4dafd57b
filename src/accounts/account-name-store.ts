import { type ReadTransaction, type SqlParameters, statement } from '#platform/db';

/** What these accounts are called; of one that is not there, nothing. */
export async function findAccountNames(
  tx: Pick<ReadTransaction, 'all'>,
  accountIds: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  if (accountIds.length === 0) return new Map();
  const marks = accountIds.map(() => '?').join(', ');
  const rows = await tx.all(
    statement<SqlParameters, { id: number; name: string }>(
      `select account.id, namespace.name from account
       join namespace on namespace.id = account.namespace_id where account.id in (${marks})`,
    ),
    ...accountIds,
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}
