import type { Digest, Tag } from '#kernel';
import {
  listStatement,
  type ReadTransaction,
  statement,
  type WriteTransaction,
} from '#platform/db';
import type { RepositoryId } from '../publish-rules.ts';
import type { ManifestDescriptor, StoredManifest } from '../registry.ts';
import { factsColumns } from './facts-store.ts';
import { childrenOf, type ParsedManifest } from './manifest-document.ts';
import { eraseUnheldEdges, insertEdges } from './manifest-edge-store.ts';

type Reader = Pick<ReadTransaction, 'all' | 'first' | 'dialect'>;

/** The stage of what everybody sees. */
export const published = '';

interface DescriptorRow {
  readonly digest: Digest;
  readonly media_type: string;
  readonly size: number;
}

interface ManifestRow extends DescriptorRow {
  readonly bytes: Uint8Array;
}

const descriptorColumns = 'held.digest, held.media_type, held.size';
const manifestColumns = `${descriptorColumns}, manifest.bytes`;
const withBytes = 'join manifest on manifest.digest = held.digest';

const byTag = (columns: string, join = '') => `
  select ${columns} from tag
  join repository_manifest held on held.repository_id = tag.repository_id
    and held.digest = tag.digest and held.stage = ''
  ${join} where tag.repository_id = ? and tag.name = ?`;

const byDigest = (columns: string, join = '') => `
  select ${columns} from repository_manifest held
  ${join} where held.repository_id = ? and held.digest = ? and held.stage in ('', ?)
  order by held.stage limit 1`;

const getByTag = statement<[RepositoryId, Tag], ManifestRow>(byTag(manifestColumns, withBytes));
const findByTag = statement<[RepositoryId, Tag], DescriptorRow>(byTag(descriptorColumns));
const getByDigest = statement<[RepositoryId, Digest, string], ManifestRow>(
  byDigest(manifestColumns, withBytes),
);
const findByDigest = statement<[RepositoryId, Digest, string], DescriptorRow>(
  byDigest(descriptorColumns),
);

export async function getTaggedManifest(
  tx: Reader,
  repositoryId: RepositoryId,
  tag: Tag,
): Promise<StoredManifest | undefined> {
  const row = await tx.first(getByTag, repositoryId, tag);
  return row && { ...toDescriptor(row), bytes: row.bytes };
}

export async function findTaggedManifest(
  tx: Reader,
  repositoryId: RepositoryId,
  tag: Tag,
): Promise<ManifestDescriptor | undefined> {
  const row = await tx.first(findByTag, repositoryId, tag);
  return row && toDescriptor(row);
}

/** A manifest that is published, or held by this stage. */
export async function getManifest(
  tx: Reader,
  held: { readonly repositoryId: RepositoryId; readonly digest: Digest; readonly stage: string },
): Promise<StoredManifest | undefined> {
  const row = await tx.first(getByDigest, held.repositoryId, held.digest, held.stage);
  return row && { ...toDescriptor(row), bytes: row.bytes };
}

export async function findManifest(
  tx: Reader,
  held: { readonly repositoryId: RepositoryId; readonly digest: Digest; readonly stage: string },
): Promise<ManifestDescriptor | undefined> {
  const row = await tx.first(findByDigest, held.repositoryId, held.digest, held.stage);
  return row && toDescriptor(row);
}

function toDescriptor(row: DescriptorRow): ManifestDescriptor {
  return { digest: row.digest, mediaType: row.media_type, size: row.size };
}

const lockHeld = listStatement<[RepositoryId], unknown>(
  (marks) => `select 1 from repository_manifest
    where repository_id = ? and digest in (${marks}) for share`,
);
const heldSizes = listStatement<[RepositoryId, string], { digest: Digest; size: number }>(
  (marks) => `select digest, size from repository_manifest
    where repository_id = ? and stage in ('', ?) and digest in (${marks})`,
);

/**
 * Which of these the repository holds for this stage, with their sizes. They can't leave it before
 * the transaction ends. The second statement sees what was true once the locks were had.
 */
export async function keepHeldManifests(
  tx: WriteTransaction,
  holder: { readonly repositoryId: RepositoryId; readonly stage: string },
  digests: readonly Digest[],
): Promise<ReadonlyMap<Digest, number>> {
  if (tx.dialect === 'postgres') await lockHeld(tx, digests, holder.repositoryId);
  const rows = await heldSizes(tx, digests, holder.repositoryId, holder.stage);
  return new Map(rows.map((row) => [row.digest, row.size]));
}

const insertBytes = statement<
  [Digest, Uint8Array, facts: string | null, contentType: string | null],
  { id: number }
>(
  `insert into manifest (digest, bytes, facts, content_type) values (?, ?, ?, ?)
   on conflict (digest) do nothing returning id`,
);
const selectIdText = 'select id from manifest where digest = ?';
const selectId = statement<[Digest], { id: number }>(selectIdText);
const keepId = statement<[Digest], { id: number }>(`${selectIdText} for share`);
const claimId = statement<[Digest], { id: number }>(`${selectIdText} for update`);

/**
 * Stores bytes, unless some repository brought the same before, and what this one needs for them.
 * While it runs nobody finds that the repository needs nothing of it any more.
 */
export async function insertManifest(
  tx: WriteTransaction,
  repositoryId: RepositoryId,
  { digest, bytes, document, facts }: ParsedManifest,
): Promise<void> {
  const [text, contentType] = factsColumns(facts);
  const inserted = await tx.first(insertBytes, digest, bytes, text, contentType);
  const id = inserted?.id ?? (await keepManifest(tx, digest));
  await insertEdges(tx, repositoryId, id, childrenOf(document));
}

async function keepManifest(tx: WriteTransaction, digest: Digest): Promise<number> {
  const row = await tx.first(tx.dialect === 'postgres' ? keepId : selectId, digest);
  if (row === undefined) throw new Error(`the manifest ${digest} vanished while it was stored`);
  return row.id;
}

/** That a repository keeps a manifest: for all, or on a stage. */
export interface Hold {
  readonly repositoryId: RepositoryId;
  readonly digest: Digest;
  readonly stage: string;
}

export interface HeldManifest extends Hold {
  readonly mediaType: string;
  readonly size: number;
  readonly subject: Digest | undefined;
  readonly pushedAt: number;
  readonly pushedBy: string;
}

const insertHeld = statement<
  [RepositoryId, Digest, string, string, number, Digest | null, number, string]
>(
  `insert into repository_manifest
     (repository_id, digest, stage, media_type, size, subject, pushed_at, pushed_by)
   values (?, ?, ?, ?, ?, ?, ?, ?)
   on conflict (repository_id, digest, stage) do update
     set media_type = excluded.media_type, pushed_at = excluded.pushed_at,
         pushed_by = excluded.pushed_by`,
);

export async function holdManifest(tx: WriteTransaction, held: HeldManifest): Promise<void> {
  await tx.run(
    insertHeld,
    held.repositoryId,
    held.digest,
    held.stage,
    held.mediaType,
    held.size,
    held.subject ?? null,
    held.pushedAt,
    held.pushedBy,
  );
}

const lockHolds = statement<[RepositoryId, Digest]>(
  'select 1 from repository_manifest where repository_id = ? and digest = ? for update',
);

/**
 * What is published under a digest; nobody comes to refer to it before the transaction ends. Locks
 * are taken as pushes take them, or the two would wait for each other: bytes, repository, tags.
 */
export async function claimPublishedManifest(
  tx: WriteTransaction,
  repositoryId: RepositoryId,
  digest: Digest,
): Promise<ManifestDescriptor | undefined> {
  if (tx.dialect === 'postgres') {
    await tx.first(claimId, digest);
    await tx.all(lockHolds, repositoryId, digest);
  }
  return findManifest(tx, { repositoryId, digest, stage: published });
}

const deleteHeld = statement<[RepositoryId, Digest, string]>(
  'delete from repository_manifest where repository_id = ? and digest = ? and stage = ?',
);

/** Ends one hold on a manifest; with the last of the repository goes what it needed. */
export async function releaseManifest(
  tx: WriteTransaction,
  { repositoryId, digest, stage }: Hold,
): Promise<void> {
  if (tx.dialect === 'postgres') await tx.first(claimId, digest);
  await tx.run(deleteHeld, repositoryId, digest, stage);
  await eraseUnheldEdges(tx, repositoryId, digest);
}
