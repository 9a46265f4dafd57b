import { listStatement, type ReadTransaction } from '#platform/db';

const selectCounts = listStatement<[], { id: number; count: number }>(
  (marks) => `select given.repository_id as id, count(*) as count
    from repository_grant given join grantee on grantee.id = given.grantee_id
    where given.repository_id in (${marks}) and grantee.kind = 'person'
    group by given.repository_id`,
);

/** How many people were given access to each of these repositories by name. */
export async function countCollaborators(
  tx: Pick<ReadTransaction, 'all' | 'dialect'>,
  repositoryIds: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const rows = await selectCounts(tx, repositoryIds);
  return new Map(rows.map(({ id, count }) => [id, Number(count)]));
}
