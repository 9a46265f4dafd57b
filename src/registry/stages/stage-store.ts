import type { Digest, Tag } from '#kernel';
import { type ReadTransaction, statement, type WriteTransaction } from '#platform/db';
import type { Hold } from '../manifests/manifest-store.ts';
import type { RepositoryId, StageId } from '../publish-rules.ts';
import type { StagedTag } from '../registry.ts';

type Reader = Pick<ReadTransaction, 'all' | 'first' | 'dialect'>;

const upsertStagedTag = statement<[StageId, RepositoryId, Tag, Digest]>(
  `insert into staged_tag (stage, repository_id, name, digest) values (?, ?, ?, ?)
   on conflict (stage, repository_id, name) do update set digest = excluded.digest`,
);

export async function writeStagedTag(
  tx: WriteTransaction,
  stage: StageId,
  { repositoryId, tag, digest }: StagedTag,
): Promise<void> {
  await tx.run(upsertStagedTag, stage, repositoryId, tag, digest);
}

const selectStagedTag = statement<[StageId, RepositoryId, Tag], { digest: Digest }>(
  'select digest from staged_tag where stage = ? and repository_id = ? and name = ?',
);

export async function findStagedTag(
  tx: Reader,
  stage: StageId,
  repositoryId: RepositoryId,
  tag: Tag,
): Promise<Digest | undefined> {
  return (await tx.first(selectStagedTag, stage, repositoryId, tag))?.digest;
}

const selectStagedTags = statement<
  [StageId],
  { repository_id: RepositoryId; name: Tag; digest: Digest }
>(
  `select repository_id, name, digest from staged_tag where stage = ? order by repository_id, name`,
);

export async function listStagedTags(tx: Reader, stage: StageId): Promise<StagedTag[]> {
  const rows = await tx.all(selectStagedTags, stage);
  return rows.map((row) => ({
    repositoryId: row.repository_id,
    tag: row.name,
    digest: row.digest,
  }));
}

const deleteStagedTag = statement<[StageId, RepositoryId, Tag]>(
  'delete from staged_tag where stage = ? and repository_id = ? and name = ?',
);

export async function eraseStagedTag(
  tx: WriteTransaction,
  stage: StageId,
  repositoryId: RepositoryId,
  tag: Tag,
): Promise<void> {
  await tx.run(deleteStagedTag, stage, repositoryId, tag);
}

const deleteStagedTags = statement<[StageId]>('delete from staged_tag where stage = ?');

export async function eraseStagedTags(tx: WriteTransaction, stage: StageId): Promise<void> {
  await tx.run(deleteStagedTags, stage);
}

const selectHolds = statement<[StageId], { repository_id: RepositoryId; digest: Digest }>(
  `select repository_id, digest from repository_manifest
   where stage = ? and stage <> '' order by repository_id, digest`,
);

/** The manifests that a stage keeps, in whatever repository. */
export async function listHolds(tx: Reader, stage: StageId): Promise<Hold[]> {
  const rows = await tx.all(selectHolds, stage);
  return rows.map((row) => ({ repositoryId: row.repository_id, digest: row.digest, stage }));
}

const publishHeld = statement<[RepositoryId, Digest, StageId]>(
  `insert into repository_manifest
     (repository_id, digest, stage, media_type, size, subject, pushed_at, pushed_by)
   select repository_id, digest, '', media_type, size, subject, pushed_at, pushed_by
   from repository_manifest where repository_id = ? and digest = ? and stage = ?
   on conflict (repository_id, digest, stage) do nothing`,
);

/** Lets everybody see, and the repository keep, manifests that the stage holds. */
export async function publishManifests(
  tx: WriteTransaction,
  stage: StageId,
  repositoryId: RepositoryId,
  digests: readonly Digest[],
): Promise<void> {
  for (const digest of digests) await tx.run(publishHeld, repositoryId, digest, stage);
}
