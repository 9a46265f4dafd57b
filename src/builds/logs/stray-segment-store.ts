import type { Instant } from '#kernel';
import { type ReadTransaction, statement, type WriteTransaction } from '#platform/db';
import type { BlobKey } from '#storage';

/** Bytes in the blob store that are being written for a log and that no log refers to. */
export interface StraySegment {
  readonly key: BlobKey;
}

const insert = statement<[key: string, now: Instant]>(
  'insert into log_stray (blob_key, named_at, is_given_up) values (?, ?, 0)',
);

/** To be durable before the first byte is written, so that no crash leaves bytes that nobody knows. */
export async function nameStray(tx: WriteTransaction, key: BlobKey, now: Instant): Promise<void> {
  await tx.run(insert, key, now);
}

const adopt = statement<[key: string]>(
  'delete from log_stray where blob_key = ? and is_given_up = 0',
);

/** For the transaction in which a log begins to refer to it. `false`: somebody removes the bytes. */
export async function adoptStray(tx: WriteTransaction, key: BlobKey): Promise<boolean> {
  return (await tx.run(adopt, key)) > 0;
}

const giveUp = statement<[key: string]>('update log_stray set is_given_up = 1 where blob_key = ?');

/** From then on no log can begin to refer to it. `false`: one does. */
export async function giveUpStray(tx: WriteTransaction, key: BlobKey): Promise<boolean> {
  return (await tx.run(giveUp, key)) > 0;
}

const forget = statement<[key: string]>('delete from log_stray where blob_key = ?');

/** Once the bytes are gone. */
export async function forgetStray(tx: WriteTransaction, key: BlobKey): Promise<void> {
  await tx.run(forget, key);
}

const selectStrays = statement<[namedUntil: Instant, after: string, limit: number], StraySegment>(
  `select blob_key as key from log_stray where named_at <= ? and blob_key > ?
   order by blob_key limit ?`,
);

/** Those that were named long ago, in the order of their keys, after the one that is given. */
export async function listStrays(
  tx: Pick<ReadTransaction, 'all'>,
  namedUntil: Instant,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<readonly StraySegment[]> {
  return tx.all(selectStrays, namedUntil, after, limit);
}
