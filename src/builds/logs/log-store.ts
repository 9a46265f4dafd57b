import type { AttemptState, Instant } from '#kernel';
import { type ReadTransaction, statement, type WriteTransaction } from '#platform/db';
import type { BlobKey } from '#storage';
import type { AttemptTable, BuildsTables } from '../builds-tables.ts';

/** How far the log of an attempt is. */
export interface LogHead {
  readonly lines: number;
  readonly bytes: number;
  /** How many of these are in no segment yet. */
  readonly tailBytes: number;
  readonly state: AttemptTable['log_state'];
  readonly attemptState: AttemptState;
  /** When the attempt began. */
  readonly startedAt: Instant;
}

const selectHead = statement<[attemptId: string], LogHead>(
  `select log_lines as lines, log_bytes as bytes, log_tail_bytes as "tailBytes",
     log_state as state, state as "attemptState", started_at as "startedAt"
   from attempt where id = ?`,
);

export async function findLogHead(
  tx: Pick<ReadTransaction, 'first'>,
  attemptId: string,
): Promise<LogHead | undefined> {
  return tx.first(selectHead, attemptId);
}

interface LineRange {
  readonly firstLine: number;
  readonly lineCount: number;
}

/** Lines of a log, in one blob. */
export interface LogSegment extends LineRange {
  readonly key: BlobKey;
}

/** Lines of a log as they came, in one row. */
export interface TailPiece extends LineRange {
  readonly bytes: Uint8Array;
}

/** Either of the two: one of `key` and `bytes` is there. */
export interface LogPiece extends LineRange {
  readonly key: BlobKey | null;
  readonly bytes: Uint8Array | null;
}

/** From the piece on that holds the line. */
const fromLine = (table: string) => `attempt_id = ? and first_line >= coalesce(
  (select max(first_line) from ${table} where attempt_id = ? and first_line <= ?), 0)`;

const selectPieces = statement<[string, string, number, string, string, number], LogPiece>(
  `select first_line as "firstLine", line_count as "lineCount", blob_key as key, null as bytes
   from log_segment where ${fromLine('log_segment')}
   union all
   select first_line, line_count, null, bytes from log_tail where ${fromLine('log_tail')}
   order by 1`,
);

/**
 * Those with lines from that number on, in order, and perhaps ones before it. One statement, since
 * lines go from the tail to a segment at any time.
 */
export async function listPieces(
  tx: Pick<ReadTransaction, 'all'>,
  attemptId: string,
  from: number,
): Promise<readonly LogPiece[]> {
  return tx.all(selectPieces, attemptId, attemptId, from, attemptId, attemptId, from);
}

const selectTail = statement<[attemptId: string], TailPiece>(
  `select first_line as "firstLine", line_count as "lineCount", bytes from log_tail
   where attempt_id = ? order by first_line`,
);

export async function listTail(
  tx: Pick<ReadTransaction, 'all'>,
  attemptId: string,
): Promise<readonly TailPiece[]> {
  return tx.all(selectTail, attemptId);
}

const growTail = statement<[lines: number, bytes: number, tail: number, id: string, from: number]>(
  `update attempt set log_lines = log_lines + ?, log_bytes = log_bytes + ?,
     log_tail_bytes = log_tail_bytes + ?
   where id = ? and log_lines = ? and log_state = 'open'`,
);
const insertTail = statement<[attemptId: string, firstLine: number, count: number, Uint8Array]>(
  'insert into log_tail (attempt_id, first_line, line_count, bytes) values (?, ?, ?, ?)',
);

/** `false` when the log does not end where the piece begins, or takes no more lines. */
export async function addTail(
  tx: WriteTransaction,
  attemptId: string,
  { firstLine, lineCount, bytes }: TailPiece,
): Promise<boolean> {
  const size = bytes.length;
  if ((await tx.run(growTail, lineCount, size, size, attemptId, firstLine)) === 0) return false;
  await tx.run(insertTail, attemptId, firstLine, lineCount, bytes);
  return true;
}

const growLog = statement<[lines: number, bytes: number, attemptId: string, from: number]>(
  `update attempt set log_lines = log_lines + ?, log_bytes = log_bytes + ?, log_tail_bytes = 0
   where id = ? and log_lines = ? and log_state = 'open'`,
);

/**
 * Puts a segment in the place of the tail and of the lines that come after it. `false` as in
 * `addTail`; so nobody has changed the tail since it was read.
 */
export async function addSegment(
  tx: WriteTransaction,
  attemptId: string,
  segment: LogSegment,
  { firstLine, lineCount, bytes }: TailPiece,
): Promise<boolean> {
  if ((await tx.run(growLog, lineCount, bytes.length, attemptId, firstLine)) === 0) return false;
  await replaceTail(tx, attemptId, segment);
  return true;
}

const insertSegment = statement<[attemptId: string, firstLine: number, count: number, key: string]>(
  'insert into log_segment (attempt_id, first_line, line_count, blob_key) values (?, ?, ?, ?)',
);
const deleteTail = statement<[attemptId: string]>('delete from log_tail where attempt_id = ?');

async function replaceTail(
  tx: WriteTransaction,
  attemptId: string,
  { firstLine, lineCount, key }: LogSegment,
): Promise<void> {
  await tx.run(deleteTail, attemptId);
  await tx.run(insertSegment, attemptId, firstLine, lineCount, key);
}

const setLogState = statement<[to: string, attemptId: string, from: string]>(
  'update attempt set log_state = ? where id = ? and log_state = ?',
);

export async function completeLog(tx: WriteTransaction, attemptId: string): Promise<void> {
  await tx.run(setLogState, 'complete', attemptId, 'open');
}

/** The tail of a complete log has become a segment, if there was one. `false`: another server did it. */
export async function settleLog(
  tx: WriteTransaction,
  attemptId: string,
  segment: LogSegment | undefined,
): Promise<boolean> {
  if ((await tx.run(setLogState, 'merged', attemptId, 'complete')) === 0) return false;
  if (segment !== undefined) await replaceTail(tx, attemptId, segment);
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

/** Of attempts that have ended, the longest ago first, after the one that is given. */
export async function listUnfinishedLogs(
  tx: ReadTransaction,
  last: UnfinishedLog | undefined,
  limit: number,
): Promise<readonly UnfinishedLog[]> {
  const page = unfinishedLogs(tx).orderBy('ended_at').orderBy('id').limit(limit);
  const later =
    last &&
    page.where((eb) =>
      eb(eb.refTuple('ended_at', 'id'), '>', eb.tuple(last.endedAt, last.attemptId)),
    );
  return unfinishedFromRows(await (later ?? page).execute());
}

function unfinishedLogs(tx: ReadTransaction) {
  return tx
    .tables<BuildsTables>()
    .selectFrom('attempt')
    .select(['id', 'log_state', 'state', 'message', 'ended_at'])
    .where('log_state', '<>', 'merged')
    .where('ended_at', 'is not', null);
}

type UnfinishedRow = Awaited<ReturnType<ReturnType<typeof unfinishedLogs>['execute']>>[number];

function unfinishedFromRows(rows: readonly UnfinishedRow[]): readonly UnfinishedLog[] {
  return rows.map((row) => ({
    attemptId: row.id,
    state: row.log_state as UnfinishedLog['state'],
    attemptState: row.state as UnfinishedLog['attemptState'],
    message: row.message ?? '',
    endedAt: row.ended_at ?? 0,
  }));
}
