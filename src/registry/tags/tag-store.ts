import type { Digest, Tag } from '#kernel';
import { type ReadTransaction, statement, type WriteTransaction } from '#platform/db';
import type { RepositoryId, StageId } from '../publish-rules.ts';
import type { TagEntry } from '../registry.ts';

type Reader = Pick<ReadTransaction, 'all' | 'first' | 'dialect'>;

const selectTag = 'select digest from tag where repository_id = ? and name = ?';
const findTag = statement<[RepositoryId, Tag], { digest: Digest }>(selectTag);
const claimTagRow = statement<[RepositoryId, Tag], { digest: Digest }>(`${selectTag} for update`);

/** Where a tag points; nobody else moves it before the transaction ends, if there is one. */
export async function claimTag(
  tx: WriteTransaction,
  repositoryId: RepositoryId,
  tag: Tag,
): Promise<Digest | undefined> {
  const statementOfDialect = tx.dialect === 'postgres' ? claimTagRow : findTag;
  return (await tx.first(statementOfDialect, repositoryId, tag))?.digest;
}

export interface TagMove {
  readonly repositoryId: RepositoryId;
  readonly tag: Tag;
  readonly digest: Digest;
  readonly movedAt: number;
  readonly movedBy: string;
}

const insert = statement<[RepositoryId, Tag, Digest, number, string]>(
  `insert into tag (repository_id, name, digest, moved_at, moved_by) values (?, ?, ?, ?, ?)
   on conflict (repository_id, name) do nothing`,
);

/** `false` when there is such a tag by now: it was made after it was claimed in vain. */
export async function insertTag(tx: WriteTransaction, move: TagMove): Promise<boolean> {
  const { repositoryId, tag, digest, movedAt, movedBy } = move;
  return (await tx.run(insert, repositoryId, tag, digest, movedAt, movedBy)) > 0;
}

const update = statement<[Digest, number, string, RepositoryId, Tag]>(
  'update tag set digest = ?, moved_at = ?, moved_by = ? where repository_id = ? and name = ?',
);

/** Moves a tag that was claimed. */
export async function updateTag(tx: WriteTransaction, move: TagMove): Promise<void> {
  await tx.run(update, move.digest, move.movedAt, move.movedBy, move.repositoryId, move.tag);
}

const deleteTag = statement<[RepositoryId, Tag]>(
  'delete from tag where repository_id = ? and name = ?',
);

export async function eraseTag(
  tx: WriteTransaction,
  repositoryId: RepositoryId,
  tag: Tag,
): Promise<void> {
  await tx.run(deleteTag, repositoryId, tag);
}

const selectTagsOf = 'select name from tag where repository_id = ? and digest = ? order by name';
const findTagsOf = statement<[RepositoryId, Digest], { name: Tag }>(selectTagsOf);
const claimTagRowsOf = statement<[RepositoryId, Digest], { name: Tag }>(
  `${selectTagsOf} for update`,
);

/** Which tags point to a manifest; nobody moves one of them before the transaction ends. */
export async function claimTagsOf(
  tx: WriteTransaction,
  repositoryId: RepositoryId,
  digest: Digest,
): Promise<Tag[]> {
  const statementOfDialect = tx.dialect === 'postgres' ? claimTagRowsOf : findTagsOf;
  const rows = await tx.all(statementOfDialect, repositoryId, digest);
  return rows.map((row) => row.name);
}

const selectPage = statement<[RepositoryId, string, number], { name: Tag }>(
  'select name from tag where repository_id = ? and name > ? order by name limit ?',
);
const selectPageWithStage = statement<
  [RepositoryId, string, StageId, RepositoryId, string, number],
  { name: Tag }
>(
  `select name from (
     select name from tag where repository_id = ? and name > ?
     union
     select name from staged_tag where stage = ? and repository_id = ? and name > ?
   ) as names order by name limit ?`,
);

export interface TagRange {
  readonly repositoryId: RepositoryId;
  readonly stage: StageId | undefined;
  readonly after: string;
  readonly limit: number;
}

export async function listTags(tx: Reader, range: TagRange): Promise<Tag[]> {
  const { repositoryId: id, stage, after, limit } = range;
  const rows =
    stage === undefined
      ? await tx.all(selectPage, id, after, limit)
      : await tx.all(selectPageWithStage, id, after, stage, id, after, limit);
  return rows.map((row) => row.name);
}

const selectEntries = statement<
  [RepositoryId, string, number],
  { name: Tag; digest: Digest; moved_at: number }
>(
  `select name, digest, moved_at from tag
    where repository_id = ? and name > ? order by name limit ?`,
);

/** The published tags of a page, with where they point and since when. */
export async function listTagEntries(
  tx: Reader,
  { repositoryId, after, limit }: Omit<TagRange, 'stage'>,
): Promise<TagEntry[]> {
  const rows = await tx.all(selectEntries, repositoryId, after, limit);
  return rows.map((row) => ({ tag: row.name, digest: row.digest, movedAt: row.moved_at }));
}
