import type { Digest, Tag } from '#kernel';
import { type ReadTransaction, statement, type WriteTransaction } from '#platform/db';
import { listStatement } from '../list-statement.ts';
import type { RepositoryId } from '../publish-rules.ts';
import type { ManifestDescriptor, StoredManifest } from '../registry.ts';
import type { ManifestDocument } from './manifest-document.ts';

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

const insertBytes = statement<[Digest, Uint8Array]>(
  'insert into manifest (digest, bytes) values (?, ?) on conflict (digest) do nothing',
);
const insertEdge = statement<[Digest, Digest, 'blob' | 'manifest']>(
  `insert into manifest_edge (parent, child, kind) values (?, ?, ?)
   on conflict (parent, child, kind) do nothing`,
);

/** Stores bytes and what they refer to, unless some repository brought the same before. */
export async function insertManifest(
  tx: WriteTransaction,
  digest: Digest,
  bytes: Uint8Array,
  document: ManifestDocument,
): Promise<void> {
  const inserted = await tx.run(insertBytes, digest, bytes);
  if (inserted === 0) return;
  for (const blob of document.blobs) await tx.run(insertEdge, digest, blob.digest, 'blob');
  for (const child of document.manifests)
    await tx.run(insertEdge, digest, child.digest, 'manifest');
}

export interface HeldManifest extends ManifestDescriptor {
  readonly repositoryId: RepositoryId;
  readonly stage: string;
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

const lockManifest = statement<[RepositoryId, Digest]>(
  'select 1 from repository_manifest where repository_id = ? and digest = ? for update',
);

/** Whether it is published; nobody can refer to it any more before the transaction ends. */
export async function claimPublishedManifest(
  tx: WriteTransaction,
  repositoryId: RepositoryId,
  digest: Digest,
): Promise<boolean> {
  if (tx.dialect === 'postgres') await tx.all(lockManifest, repositoryId, digest);
  return (await tx.first(findByDigest, repositoryId, digest, published)) !== undefined;
}

const findParent = statement<[Digest, RepositoryId], { digest: Digest }>(
  `select held.digest from manifest_edge edge
   join repository_manifest held on held.digest = edge.parent
   where edge.child = ? and edge.kind = 'manifest' and held.repository_id = ? limit 1`,
);

/** An index of the repository, staged ones included, that needs the manifest. */
export async function findIndexOver(
  tx: Reader,
  repositoryId: RepositoryId,
  digest: Digest,
): Promise<Digest | undefined> {
  return (await tx.first(findParent, digest, repositoryId))?.digest;
}

const deleteHeld = statement<[RepositoryId, Digest]>(
  `delete from repository_manifest where repository_id = ? and digest = ? and stage = ''`,
);

export async function releaseManifest(
  tx: WriteTransaction,
  repositoryId: RepositoryId,
  digest: Digest,
): Promise<void> {
  await tx.run(deleteHeld, repositoryId, digest);
}
