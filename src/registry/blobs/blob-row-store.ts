import type { Digest } from '#kernel';
import {
  listStatement,
  type ReadTransaction,
  statement,
  type WriteTransaction,
} from '#platform/db';
import type { BlobKey } from '#storage';
import type { RepositoryId } from '../publish-rules.ts';

type Reader = Pick<ReadTransaction, 'all' | 'first' | 'dialect'>;

/** Where a blob's live bytes lie, and how many there must be. */
export interface LiveCopy {
  readonly key: BlobKey;
  readonly size: number;
}

const selectLinkedCopy = statement<[RepositoryId, Digest], LiveCopy>(
  `select copy.key, blob.size from blob_link link
   join blob on blob.digest = link.digest
   join blob_copy copy on copy.digest = link.digest and copy.state = 'live'
   where link.repository_id = ? and link.digest = ?`,
);

/** `undefined` when the repository does not link the blob, or no copy of it is live. */
export function findLinkedCopy(
  tx: Reader,
  repositoryId: RepositoryId,
  digest: Digest,
): Promise<LiveCopy | undefined> {
  return tx.first(selectLinkedCopy, repositoryId, digest);
}

export interface LinkedCopy extends LiveCopy {
  readonly digest: Digest;
}

const selectLinkedCopies = listStatement<[RepositoryId], LinkedCopy>(
  (marks) => `select link.digest, copy.key, blob.size from blob_link link
    join blob on blob.digest = link.digest
    join blob_copy copy on copy.digest = link.digest and copy.state = 'live'
    where link.repository_id = ? and link.digest in (${marks})`,
);

/** Of those that the repository links and that have a live copy. */
export function listLinkedCopies(
  tx: Reader,
  repositoryId: RepositoryId,
  digests: readonly Digest[],
): Promise<readonly LinkedCopy[]> {
  return selectLinkedCopies(tx, digests, repositoryId);
}

const selectCopy = statement<[Digest], LiveCopy>(
  `select copy.key, blob.size from blob_copy copy
   join blob on blob.digest = copy.digest
   where copy.digest = ? and copy.state = 'live'`,
);

export function findLiveCopy(tx: Reader, digest: Digest): Promise<LiveCopy | undefined> {
  return tx.first(selectCopy, digest);
}

const lockLinked = listStatement<[RepositoryId], unknown>(
  (marks) => `select 1 from blob_link link join blob on blob.digest = link.digest
    where link.repository_id = ? and link.digest in (${marks}) for share`,
);

/**
 * Which of these the repository links and can read, with their sizes. They can neither leave it nor
 * be condemned before the transaction ends. The second statement sees what was true once the locks
 * were had: a condemnation that came first shows.
 */
export async function keepLinkedBlobs(
  tx: WriteTransaction,
  repositoryId: RepositoryId,
  digests: readonly Digest[],
): Promise<ReadonlyMap<Digest, number>> {
  if (tx.dialect === 'postgres') await lockLinked(tx, digests, repositoryId);
  const copies = await listLinkedCopies(tx, repositoryId, digests);
  return new Map(copies.map(({ digest, size }) => [digest, size]));
}

const selectCondemned = statement<[RepositoryId, Digest], LiveCopy>(
  `select copy.key, blob.size from blob_link link
   join blob on blob.digest = link.digest
   join blob_copy copy on copy.digest = link.digest and copy.state = 'condemned'
   where link.repository_id = ? and link.digest = ?`,
);

/** Copies of a blob that the repository links, whose bytes were missed once. */
export function listCondemnedCopies(
  tx: Reader,
  repositoryId: RepositoryId,
  digest: Digest,
): Promise<readonly LiveCopy[]> {
  return tx.all(selectCondemned, repositoryId, digest);
}

const insertBlob = statement<[Digest, number]>(
  'insert into blob (digest, size) values (?, ?) on conflict (digest) do nothing',
);
const insertCopy = statement<[BlobKey, Digest]>(
  `insert into blob_copy (key, digest, state) values (?, ?, 'live')
   on conflict (digest) where state = 'live' do nothing`,
);
const dropCondemned = statement<[Digest], { key: BlobKey }>(
  `delete from blob_copy where digest = ? and state = 'condemned' returning key`,
);

/** What became of bytes that were brought. */
export interface Adoption {
  /** False when there is a live copy already: these are not needed. */
  readonly isAdopted: boolean;
  /** Condemned copies that they replace; nothing names those any more. */
  readonly replaced: readonly BlobKey[];
}

/** Makes bytes the live copy of a blob, in place of condemned ones. */
export async function adoptCopy(
  tx: WriteTransaction,
  { digest, size, key }: LiveCopy & { readonly digest: Digest },
): Promise<Adoption> {
  const isNew = (await tx.run(insertBlob, digest, size)) > 0;
  const isAdopted = (await tx.run(insertCopy, key, digest)) > 0;
  if (isNew || !isAdopted) return { isAdopted, replaced: [] };
  const rows = await tx.all(dropCondemned, digest);
  return { isAdopted, replaced: rows.map((row) => row.key) };
}

interface CopyOf {
  readonly digest: Digest;
  readonly key: BlobKey;
}

const lockBlob = statement<[Digest], unknown>('select 1 from blob where digest = ? for update');
const condemn = statement<[BlobKey]>(
  `update blob_copy set state = 'condemned' where key = ? and state = 'live'`,
);

/**
 * Marks bytes as bad, once nobody keeps the blob for a manifest or a mount. What refers to the blob
 * stays, and is whole again with the next push.
 */
export async function condemnCopy(tx: WriteTransaction, { digest, key }: CopyOf): Promise<void> {
  if (tx.dialect === 'postgres') await tx.first(lockBlob, digest);
  await tx.run(condemn, key);
}

const reinstate = statement<[BlobKey, Digest]>(
  `update blob_copy set state = 'live' where key = ? and state = 'condemned'
   and not exists (select 1 from blob_copy other where other.digest = ? and other.state = 'live')`,
);

/** Lets bytes count again that were found whole, unless others do by now. */
export async function reinstateCopy(tx: WriteTransaction, { digest, key }: CopyOf): Promise<void> {
  if (tx.dialect === 'postgres') await tx.first(lockBlob, digest);
  await tx.run(reinstate, key, digest);
}

const insertLink = statement<[RepositoryId, Digest, number]>(
  `insert into blob_link (repository_id, digest, linked_at) values (?, ?, ?)
   on conflict (repository_id, digest) do update set linked_at = excluded.linked_at`,
);

export async function linkBlob(
  tx: WriteTransaction,
  repositoryId: RepositoryId,
  digest: Digest,
  linkedAt: number,
): Promise<void> {
  await tx.run(insertLink, repositoryId, digest, linkedAt);
}

const selectLink = 'select 1 from blob_link where repository_id = ? and digest = ?';
const findLink = statement<[RepositoryId, Digest], unknown>(selectLink);
const lockLink = statement<[RepositoryId, Digest], unknown>(`${selectLink} for update`);

/** Whether the repository links the blob; no manifest can come to need it before the commit. */
export async function claimLink(
  tx: WriteTransaction,
  repositoryId: RepositoryId,
  digest: Digest,
): Promise<boolean> {
  const ofDialect = tx.dialect === 'postgres' ? lockLink : findLink;
  return (await tx.first(ofDialect, repositoryId, digest)) !== undefined;
}

const deleteLink = statement<[RepositoryId, Digest]>(
  'delete from blob_link where repository_id = ? and digest = ?',
);

export async function unlinkBlob(
  tx: WriteTransaction,
  repositoryId: RepositoryId,
  digest: Digest,
): Promise<void> {
  await tx.run(deleteLink, repositoryId, digest);
}
