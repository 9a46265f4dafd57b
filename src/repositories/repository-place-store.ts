import type { RepositoryName } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import type { RepositoriesTables } from './repositories-tables.ts';

/** What others show and count of a repository that they know by its id. */
export interface RepositoryPlace {
  readonly name: RepositoryName;
  readonly namespaceId: number;
  readonly isDeleted: boolean;
}

/**
 * What a repository is called now, and whose it is; of a deleted one what it was called. Asks nobody's
 * rights: for those who hold the id already.
 */
export async function requirePlace(
  tx: ReadTransaction | WriteTransaction,
  id: number,
): Promise<RepositoryPlace> {
  const row = await tx
    .tables<RepositoriesTables>()
    .selectFrom('repository')
    .select(['name', 'namespace_id', 'deleted_at'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) throw new Error(`there never was a repository ${id}`);
  const isDeleted = row.deleted_at !== null;
  return { name: row.name as RepositoryName, namespaceId: row.namespace_id, isDeleted };
}
