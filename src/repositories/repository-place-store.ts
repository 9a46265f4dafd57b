import type { RepositoryName } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import type { RepositoriesTables } from './repositories-tables.ts';

/** What others show and count of a repository that they know by its id. */
export interface RepositoryPlace {
  readonly name: RepositoryName;
  readonly namespaceId: number;
}

/**
 * What repositories are called now, and whose they are, by id; of a deleted one what it was called.
 * Asks nobody's rights: for those who hold the ids already.
 */
export async function findPlaces(
  tx: ReadTransaction | WriteTransaction,
  ids: readonly number[],
): Promise<ReadonlyMap<number, RepositoryPlace>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .tables<RepositoriesTables>()
    .selectFrom('repository')
    .select(['id', 'name', 'namespace_id'])
    .where('id', 'in', [...new Set(ids)])
    .execute();
  return new Map(
    rows.map((row) => [
      row.id,
      { name: row.name as RepositoryName, namespaceId: row.namespace_id },
    ]),
  );
}

/** As `findPlaces`, of one that there is, or was. */
export async function requirePlace(
  tx: ReadTransaction | WriteTransaction,
  id: number,
): Promise<RepositoryPlace> {
  const place = (await findPlaces(tx, [id])).get(id);
  if (place === undefined) throw new Error(`there never was a repository ${id}`);
  return place;
}
