import type { Digest } from '#kernel';
import { type ReadTransaction, statement, type WriteTransaction } from '#platform/db';
import type { BlobKey, ResumeToken } from '#storage';
import type { RepositoryId } from '../publish-rules.ts';

type Reader = Pick<ReadTransaction, 'all' | 'first'>;

export interface UploadRow {
  readonly id: string;
  readonly repositoryId: RepositoryId;
  /** Whose it is; empty for one that serves a single request, which nobody finds by its id. */
  readonly subject: string;
  /** Where the bytes lie that were received. */
  readonly key: BlobKey;
  /** Where the next bytes go, after a copy of those, once nobody knows who else may write to `key`. */
  readonly writerKey: BlobKey | undefined;
  readonly receivedBytes: number;
  /** The SHA-256 of the bytes that were received; absent before the first, and when nobody knows it. */
  readonly digestSoFar: Digest | undefined;
  /** What the store goes on from; absent before the first byte. */
  readonly resume: ResumeToken | undefined;
}

/** The right of one request to write to a session, until it lapses. */
export interface WriterLease {
  readonly writer: string;
  readonly until: number;
}

const insert = statement<[string, RepositoryId, string, BlobKey, string | null, number, number]>(
  `insert into upload
     (id, repository_id, subject, key, received_bytes, writer, writer_until, expires_at)
   values (?, ?, ?, ?, 0, ?, ?, ?)`,
);

export async function insertUpload(
  tx: WriteTransaction,
  row: UploadRow,
  lease: WriterLease | undefined,
  expiresAt: number,
): Promise<void> {
  const { id, repositoryId, subject, key } = row;
  const { writer, until } = lease ?? { writer: null, until: 0 };
  await tx.run(insert, id, repositoryId, subject, key, writer, until, expiresAt);
}

interface StoredUpload {
  readonly id: string;
  readonly repository_id: RepositoryId;
  readonly subject: string;
  readonly key: BlobKey;
  readonly writer_key: BlobKey | null;
  readonly received_bytes: number;
  readonly digest_so_far: Digest | null;
  readonly resume_token: ResumeToken | null;
}

interface LeasedUpload extends StoredUpload {
  readonly writer: string | null;
  readonly writer_until: number;
}

const columns =
  'id, repository_id, subject, key, writer_key, received_bytes, digest_so_far, resume_token';
const select = statement<[string, number], StoredUpload>(
  `select ${columns} from upload where id = ? and expires_at > ?`,
);

export async function findUpload(
  tx: Reader,
  id: string,
  now: number,
): Promise<UploadRow | undefined> {
  const row = await tx.first(select, id, now);
  return row && fromRow(row);
}

function fromRow(row: StoredUpload): UploadRow {
  return {
    id: row.id,
    repositoryId: row.repository_id,
    subject: row.subject,
    key: row.key,
    writerKey: row.writer_key ?? undefined,
    receivedBytes: row.received_bytes,
    digestSoFar: row.digest_so_far ?? undefined,
    resume: row.resume_token ?? undefined,
  };
}

/** A session and who writes to it. */
export interface UploadStanding {
  readonly upload: UploadRow;
  /** `lapsed`: somebody had the lease and neither gave it back nor renewed it. They may be at it still. */
  readonly lease: 'free' | 'held' | 'lapsed';
}

const selectLeasedText = `select ${columns}, writer, writer_until from upload
  where id = ? and expires_at > ?`;
const selectLeased = statement<[string, number], LeasedUpload>(selectLeasedText);
const lockLeased = statement<[string, number], LeasedUpload>(`${selectLeasedText} for update`);

/** How a session stands, and goes on standing until the transaction ends. */
export async function lockUpload(
  tx: WriteTransaction,
  id: string,
  now: number,
): Promise<UploadStanding | undefined> {
  const ofDialect = tx.dialect === 'postgres' ? lockLeased : selectLeased;
  const row = await tx.first(ofDialect, id, now);
  if (row === undefined) return undefined;
  const held = row.writer_until > now ? 'held' : 'lapsed';
  return { upload: fromRow(row), lease: row.writer === null ? 'free' : held };
}

const lease = statement<[string, number, BlobKey, BlobKey | null, string]>(
  'update upload set writer = ?, writer_until = ?, key = ?, writer_key = ? where id = ?',
);

/** Gives a session that was locked to a writer, with the keys that they are to use. */
export async function leaseUpload(
  tx: WriteTransaction,
  { id, key, writerKey }: UploadRow,
  { writer, until }: WriterLease,
): Promise<void> {
  await tx.run(lease, writer, until, key, writerKey ?? null, id);
}

const renew = statement<[number, number, string, string]>(
  'update upload set writer_until = ?, expires_at = ? where id = ? and writer = ?',
);

/** False when the lease was lost to another request. */
export async function renewLease(
  tx: WriteTransaction,
  id: string,
  { writer, until }: WriterLease,
  expiresAt: number,
): Promise<boolean> {
  return (await tx.run(renew, until, expiresAt, id, writer)) > 0;
}

const settle = statement<[BlobKey, number, Digest | null, ResumeToken, number, string, string]>(
  `update upload set key = ?, received_bytes = ?, digest_so_far = ?, resume_token = ?,
     expires_at = ?, writer_key = null, writer = null, writer_until = 0
   where id = ? and writer = ?`,
);

export interface Settlement extends Pick<UploadRow, 'key' | 'receivedBytes' | 'digestSoFar'> {
  readonly resume: ResumeToken;
  readonly expiresAt: number;
}

/** Keeps how far the bytes have come and gives the lease back. False when it was lost. */
export async function settleUpload(
  tx: WriteTransaction,
  id: string,
  writer: string,
  settlement: Settlement,
): Promise<boolean> {
  const { key, receivedBytes, resume, expiresAt } = settlement;
  const digest = settlement.digestSoFar ?? null;
  return (await tx.run(settle, key, receivedBytes, digest, resume, expiresAt, id, writer)) > 0;
}

const release = statement<[string, string]>(
  'update upload set writer = null, writer_until = 0 where id = ? and writer = ?',
);

/** Gives the lease back. False when it was lost. */
export async function releaseUpload(
  tx: WriteTransaction,
  id: string,
  writer: string,
): Promise<boolean> {
  return (await tx.run(release, id, writer)) > 0;
}

const expire = statement<[string, string]>(
  'update upload set expires_at = 0 where id = ? and writer = ?',
);

/** Ends the session while its row goes on naming the bytes. False when the lease was lost. */
export async function expireUpload(
  tx: WriteTransaction,
  id: string,
  writer: string,
): Promise<boolean> {
  return (await tx.run(expire, id, writer)) > 0;
}

const remove = statement<[string, string]>('delete from upload where id = ? and writer = ?');

/** False when the lease was lost. */
export async function deleteUpload(
  tx: WriteTransaction,
  id: string,
  writer: string,
): Promise<boolean> {
  return (await tx.run(remove, id, writer)) > 0;
}

const insertLeft = statement<[BlobKey, RepositoryId, BlobKey, number]>(
  `insert into upload
     (id, repository_id, subject, key, received_bytes, writer, writer_until, expires_at)
   values (?, ?, '', ?, 0, 'left', ?, 0) on conflict (id) do nothing`,
);

/**
 * Goes on naming bytes that a session needs no more, as one that has ended, until they are removed:
 * not before `until`, since somebody whose lease lapsed may write to them still.
 */
export async function leaveKey(
  tx: WriteTransaction,
  { repositoryId }: Pick<UploadRow, 'repositoryId'>,
  key: BlobKey,
  until: number,
): Promise<void> {
  await tx.run(insertLeft, key, repositoryId, key, until);
}

const selectNaming = statement<[string, BlobKey, BlobKey, BlobKey, BlobKey], unknown>(
  `select 1 from upload where id = ? and (key = ? or writer_key = ?)
   union all select 1 from upload where id = ?
   union all select 1 from blob_copy where key = ?`,
);

/** Whether a row answers for bytes that a session's writer had: the session's, a blob's, or what was left. */
export async function isKeyNamed(tx: Reader, id: string, key: BlobKey): Promise<boolean> {
  return (await tx.first(selectNaming, id, key, key, key, key)) !== undefined;
}

const claimExpired = statement<[string, number, number, number, number, number], StoredUpload>(
  `update upload set writer = ?, writer_until = ?
   where writer_until <= ? and id in (
     select id from upload where expires_at <= ? and writer_until <= ?
     order by expires_at limit ?)
   returning ${columns}`,
);

/** Sessions that have ended, the first to end first; each is claimed by one only. */
export async function claimExpiredUploads(
  tx: WriteTransaction,
  { writer, until }: WriterLease,
  now: number,
  limit: number,
): Promise<UploadRow[]> {
  return (await tx.all(claimExpired, writer, until, now, now, now, limit)).map(fromRow);
}

const countOwn = statement<
  [string, number, number, RepositoryId, number, number],
  { readonly by_caller: number; readonly in_repository: number }
>(
  `select
     (select count(*) from (
       select 1 from upload where subject = ? and subject <> '' and expires_at > ? limit ?)
       as own) as by_caller,
     (select count(*) from (
       select 1 from upload where repository_id = ? and subject <> '' and expires_at > ? limit ?)
       as here) as in_repository`,
);

/** How many sessions are open of a caller and in a repository; counts no further than to the limits. */
export async function countOwnUploads(
  tx: Reader,
  of: { readonly subject: string; readonly repositoryId: RepositoryId; readonly now: number },
  limits: { readonly perCaller: number; readonly perRepository: number },
): Promise<{ readonly byCaller: number; readonly inRepository: number }> {
  const { subject, repositoryId, now } = of;
  const { perCaller, perRepository } = limits;
  const row = await tx.first(countOwn, subject, now, perCaller, repositoryId, now, perRepository);
  return { byCaller: row?.by_caller ?? 0, inRepository: row?.in_repository ?? 0 };
}

const countAll = statement<[number, number], { readonly open: number }>(
  `select count(*) as open from (
     select 1 from upload where expires_at > ? limit ?) as every`,
);

export async function countOpenUploads(tx: Reader, now: number, limit: number): Promise<number> {
  return (await tx.first(countAll, now, limit))?.open ?? 0;
}
