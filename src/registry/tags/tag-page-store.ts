import type { Digest, Instant, Tag } from '#kernel';
import {
  likeLiterally,
  listStatement,
  type ReadTransaction,
  type SqlParameters,
  statement,
} from '#platform/db';
import type { RepositoryId } from '../publish-rules.ts';
import type { TagWindow } from '../registry.ts';

type Reader = Pick<ReadTransaction, 'all' | 'first' | 'dialect'>;

/** A manifest of the repository with its facts as they are kept; null: nobody has found them yet. */
export interface FactsRow {
  readonly digest: Digest;
  readonly media_type: string;
  readonly pushed_at: Instant;
  readonly manifest_id: number;
  readonly facts: string | null;
}

export interface TagRow extends FactsRow {
  readonly name: Tag;
  readonly moved_at: Instant;
  readonly moved_by: string;
}

const orders = {
  newest: 'tag.moved_at desc, tag.name desc',
  oldest: 'tag.moved_at, tag.name',
  'a-z': 'tag.name',
  'z-a': 'tag.name desc',
} as const;

const factsColumns =
  'held.digest, held.media_type, held.pushed_at, manifest.id as manifest_id, manifest.facts';

/**
 * A page of names comes from an index alone, however far it is; rows are read of what is on it. SQLite
 * takes crossed tables in the order in which they stand.
 */
const rowsOf = (page: string, order: string) => `
  select tag.name, tag.moved_at, tag.moved_by, ${factsColumns}
  from (${page}) page
  cross join tag cross join repository_manifest held cross join manifest
  where tag.repository_id = ? and tag.name = page.name
    and held.repository_id = tag.repository_id and held.digest = tag.digest and held.stage = ''
    and manifest.digest = tag.digest
  order by ${order}`;

const containing = String.raw` and tag.name like ? escape '\'`;

export async function countTags(
  tx: Reader,
  repositoryId: RepositoryId,
  nameContains = '',
): Promise<number> {
  const filter = filterOf(nameContains);
  const row = await tx.first(
    statement<SqlParameters, { count: number }>(
      `select count(*) as count from tag where repository_id = ?${filter.text}`,
    ),
    repositoryId,
    ...filter.values,
  );
  return Number(row?.count ?? 0);
}

export function listTagRows(
  tx: Reader,
  repositoryId: RepositoryId,
  { order, offset, limit, nameContains = '' }: TagWindow,
): Promise<TagRow[]> {
  const filter = filterOf(nameContains);
  const names = `select name from tag where repository_id = ?${filter.text}
                 order by ${orders[order]} limit ? offset ?`;
  return tx.all(
    statement<SqlParameters, TagRow>(rowsOf(names, orders[order])),
    repositoryId,
    ...filter.values,
    limit,
    offset,
    repositoryId,
  );
}

const findRow = statement<[RepositoryId, Tag, RepositoryId], TagRow>(
  rowsOf('select name from tag where repository_id = ? and name = ?', 'tag.name'),
);

export function findTagRow(
  tx: Reader,
  repositoryId: RepositoryId,
  tag: Tag,
): Promise<TagRow | undefined> {
  return tx.first(findRow, repositoryId, tag, repositoryId);
}

const selectHeld = listStatement<[RepositoryId], FactsRow>(
  (marks) => `select ${factsColumns} from repository_manifest held
    join manifest on manifest.digest = held.digest
    where held.repository_id = ? and held.stage = '' and held.digest in (${marks})`,
);
/** A statement takes no more of them than that in every database. */
const mostMarks = 500;

export async function listFactsRows(
  tx: Reader,
  repositoryId: RepositoryId,
  digests: readonly Digest[],
): Promise<readonly FactsRow[]> {
  const found: FactsRow[] = [];
  for (let from = 0; from < digests.length; from += mostMarks) {
    found.push(...(await selectHeld(tx, digests.slice(from, from + mostMarks), repositoryId)));
  }
  return found;
}

function filterOf(nameContains: string) {
  if (nameContains === '') return { text: '', values: [] };
  return { text: containing, values: [`%${likeLiterally(nameContains)}%`] };
}
