import type { AttemptState, Instant } from '#kernel';
import { type ReadTransaction, statement, type WriteTransaction } from '#platform/db';
import type { BlobKey } from '#storage';
import type { AttemptTable, BuildsTables } from '../builds-tables.ts';

/** How far the log of an attempt is. */
export interface LogHead {
  readonly lines: number;
  readonly bytes: number;
  readonly state: AttemptTable['log_state'];
  readonly attemptState: AttemptState;
}

const selectHead = statement<[attemptId: string], LogHead>(
  `select log_lines as lines, log_bytes as bytes, log_state as state, state as "attemptState"
   from attempt where id = ?`,
);

export async function findLogHead(
  tx: Pick<ReadTransaction, 'first'>,
  attemptId: string,
): Promise<LogHead | undefined> {
  return tx.first(selectHead, attemptId);
}

/** Lines of a log, in one blob. */
export interface LogSegment {
  readonly firstLine: number;
  readonly lineCount: number;
  readonly key: BlobKey;
}

const selectSegments = statement<[attemptId: string, from: number], LogSegment>(
  `select first_line as "firstLine", line_count as "lineCount", blob_key as key from log_segment
   where attempt_id = ? and first_line + line_count > ? order by first_line`,
);

/** Those with lines from that number on, in order. */
export async function listSegments(
  tx: Pick<ReadTransaction, 'all'>,
  attemptId: string,
  from: number,
): Promise<readonly LogSegment[]> {
  return tx.all(selectSegments, attemptId, from);
}

const growLog = statement<[lines: number, bytes: number, attemptId: string, from: number]>(
  `update attempt set log_lines = log_lines + ?, log_bytes = log_bytes + ?
   where id = ? and log_lines = ? and log_state = 'open'`,
);
const insertSegment = statement<[attemptId: string, firstLine: number, count: number, key: string]>(
  'insert into log_segment (attempt_id, first_line, line_count, blob_key) values (?, ?, ?, ?)',
);

/** `false` when the log does not end where the segment begins, or takes no more lines. */
export async function addSegment(
  tx: WriteTransaction,
  attemptId: string,
  { firstLine, lineCount, key }: LogSegment,
  sizeBytes: number,
): Promise<boolean> {
  if ((await tx.run(growLog, lineCount, sizeBytes, attemptId, firstLine)) === 0) return false;
  await tx.run(insertSegment, attemptId, firstLine, lineCount, key);
  return true;
}

const setLogState = statement<[to: string, attemptId: string, from: string]>(
  'update attempt set log_state = ? where id = ? and log_state = ?',
);

export async function completeLog(tx: WriteTransaction, attemptId: string): Promise<void> {
  await tx.run(setLogState, 'complete', attemptId, 'open');
}

const deleteSegments = statement<[attemptId: string]>(
  'delete from log_segment where attempt_id = ?',
);

/** `false` when another server has merged it. */
export async function replaceSegments(
  tx: WriteTransaction,
  attemptId: string,
  segments: readonly LogSegment[],
): Promise<boolean> {
  if ((await tx.run(setLogState, 'merged', attemptId, 'complete')) === 0) return false;
  await tx.run(deleteSegments, attemptId);
  for (const { firstLine, lineCount, key } of segments) {
    await tx.run(insertSegment, attemptId, firstLine, lineCount, key);
  }
  return true;
}

/** An attempt that has ended while its log is not at rest yet. */
export interface UnfinishedLog {
  readonly attemptId: string;
  readonly state: 'open' | 'complete';
  readonly attemptState: Exclude<AttemptState, 'running'>;
  readonly message: string;
  readonly endedAt: Instant;
}

export async function listUnfinishedLogs(
  tx: ReadTransaction,
  limit: number,
): Promise<readonly UnfinishedLog[]> {
  const rows = await tx
    .tables<BuildsTables>()
    .selectFrom('attempt')
    .select(['id', 'log_state', 'state', 'message', 'ended_at'])
    .where('log_state', '<>', 'merged')
    .where('ended_at', 'is not', null)
    .orderBy('ended_at')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    attemptId: row.id,
    state: row.log_state as UnfinishedLog['state'],
    attemptState: row.state as UnfinishedLog['attemptState'],
    message: row.message ?? '',
    endedAt: row.ended_at ?? 0,
  }));
}
