import type { Digest } from '#kernel';
import { type ReadTransaction, statement, type WriteTransaction } from '#platform/db';
import type { BlobKey, ResumeToken } from '#storage';
import type { RepositoryId } from '../publish-rules.ts';

type Reader = Pick<ReadTransaction, 'all' | 'first'>;

export interface UploadRow {
  readonly id: string;
  readonly repositoryId: RepositoryId;
  readonly subject: string;
  readonly key: BlobKey;
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
  readonly received_bytes: number;
  readonly digest_so_far: Digest | null;
  readonly resume_token: ResumeToken | null;
}

const columns = 'id, repository_id, subject, key, received_bytes, digest_so_far, resume_token';
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
    receivedBytes: row.received_bytes,
    digestSoFar: row.digest_so_far ?? undefined,
    resume: row.resume_token ?? undefined,
  };
}

const claim = statement<[string, number, string, number]>(
  'update upload set writer = ?, writer_until = ? where id = ? and writer_until <= ?',
);

/** False while another request holds the session. */
export async function claimUpload(
  tx: WriteTransaction,
  id: string,
  lease: WriterLease,
  now: number,
): Promise<boolean> {
  return (await tx.run(claim, lease.writer, lease.until, id, now)) > 0;
}

const renew = statement<[number, number, string, string]>(
  'update upload set writer_until = ?, expires_at = ? where id = ? and writer = ?',
);

/** False when the lease was lost to another request. */
export async function renewLease(
  tx: WriteTransaction,
  id: string,
  lease: WriterLease,
  expiresAt: number,
): Promise<boolean> {
  return (await tx.run(renew, lease.until, expiresAt, id, lease.writer)) > 0;
}

const settle = statement<[number, Digest | null, ResumeToken, number, string, string]>(
  `update upload set received_bytes = ?, digest_so_far = ?, resume_token = ?, expires_at = ?,
     writer = null, writer_until = 0
   where id = ? and writer = ?`,
);

export interface Settlement extends Pick<UploadRow, 'receivedBytes' | 'digestSoFar'> {
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
  const { receivedBytes, resume, expiresAt } = settlement;
  const digest = settlement.digestSoFar ?? null;
  return (await tx.run(settle, receivedBytes, digest, resume, expiresAt, id, writer)) > 0;
}

const release = statement<[string, string]>(
  'update upload set writer = null, writer_until = 0 where id = ? and writer = ?',
);

export async function releaseUpload(
  tx: WriteTransaction,
  id: string,
  writer: string,
): Promise<void> {
  await tx.run(release, id, writer);
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

const selectExpired = statement<[number, number, number], StoredUpload>(
  `select ${columns} from upload where expires_at <= ? and writer_until <= ? limit ?`,
);

export async function listExpiredUploads(
  tx: Reader,
  now: number,
  limit: number,
): Promise<UploadRow[]> {
  return (await tx.all(selectExpired, now, now, limit)).map(fromRow);
}
