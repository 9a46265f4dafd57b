import { type ReadTransaction, type SqlParameters, statement } from '#platform/db';

/** How many people were given access to each of these repositories by name. */
export async function countCollaborators(
  tx: Pick<ReadTransaction, 'all'>,
  repositoryIds: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (repositoryIds.length === 0) return new Map();
  const marks = repositoryIds.map(() => '?').join(', ');
  const rows = await tx.all(
    statement<SqlParameters, { id: number; count: number }>(
      `select given.repository_id as id, count(*) as count
       from repository_grant given join grantee on grantee.id = given.grantee_id
       where given.repository_id in (${marks}) and grantee.kind = 'person'
       group by given.repository_id`,
    ),
    ...repositoryIds,
  );
  return new Map(rows.map(({ id, count }) => [id, Number(count)]));
}
