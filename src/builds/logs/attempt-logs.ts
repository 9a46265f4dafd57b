import { Readable } from 'node:stream';
import { paged } from '#platform/schedule';
import type { BuildsParts } from '../builds-options.ts';
import { appendLog, type LogBatch } from './append-log.ts';
import { closeLog } from './close-log.ts';
import { type FollowRequest, followLog } from './follow-log.ts';
import type { NumberedLine } from './log-line.ts';
import { listUnfinishedLogs, listUnfinishedLogsOf, type UnfinishedLog } from './log-store.ts';
import { type LogPage, type LogRange, readLog, readPieces, requireLogHead } from './read-log.ts';

/**
 * Logs of attempts: lines, numbered from 0, in append-only segments of the blob store, and the last of
 * them in rows until they fill a segment or the attempt has ended.
 */
export interface AttemptLogs {
  /** For running attempts; see `Attempts.appendLog`. */
  append(attemptId: string, batch: LogBatch): Promise<void>;

  /** A page of lines. Throws `ATTEMPT_UNKNOWN`. */
  read(attemptId: string, range: LogRange): Promise<LogPage>;

  /**
   * Lines as they come, until the attempt has ended and all were given, or the signal aborts. Throws
   * `ATTEMPT_UNKNOWN`.
   */
  follow(attemptId: string, request: FollowRequest): AsyncIterable<NumberedLine>;

  /** The text of all lines that are there now, as people download it. */
  text(attemptId: string): Readable;

  /** Those of ended attempts that are not at rest yet. */
  listOpen(): AsyncIterable<UnfinishedLog>;

  /** Writes the last lines of a stopped or lost attempt, and stores what is in rows. */
  close(log: UnfinishedLog): Promise<void>;

  /** Closes those of a build that has just ended, for whoever reads them next. */
  closeOf(buildId: number): Promise<void>;
}

export type AttemptLogsParts = Pick<
  BuildsParts,
  'database' | 'queue' | 'clock' | 'ids' | 'logs' | 'events'
>;

export function createAttemptLogs(parts: AttemptLogsParts): AttemptLogs {
  return {
    append: (attemptId, batch) => appendLog(parts, attemptId, batch),
    read: (attemptId, range) => readLog(parts, attemptId, range),
    follow: (attemptId, request) => followLog(parts, attemptId, request),
    text: (attemptId) => Readable.from(logText(parts, attemptId), { objectMode: false }),
    listOpen: () =>
      paged<UnfinishedLog>((last) =>
        parts.database.read((tx) => listUnfinishedLogs(tx, last, logsPerPage)),
      ),
    close: (log) => closeLog(parts, log),
    async closeOf(buildId) {
      const logs = await parts.database.read((tx) => listUnfinishedLogsOf(tx, buildId));
      for (const log of logs) await closeLog(parts, log);
    },
  };
}

const logsPerPage = 100;

async function* logText(parts: AttemptLogsParts, attemptId: string): AsyncGenerator<string, void> {
  await requireLogHead(parts, attemptId);
  for await (const lines of readPieces(parts, attemptId, 0)) {
    yield lines.map(({ text }) => `${text}\n`).join('');
  }
}
