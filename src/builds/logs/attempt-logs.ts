import { Readable } from 'node:stream';
import type { BuildsParts } from '../builds-options.ts';
import { appendLog, type LogBatch } from './append-log.ts';
import { closeLogs } from './close-logs.ts';
import { type FollowRequest, followLog } from './follow-log.ts';
import type { NumberedLine } from './log-line.ts';
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

  /** For the keeper: writes the last lines of stopped and lost attempts, and stores what is in rows. */
  close(): Promise<void>;
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
    close: () => closeLogs(parts),
  };
}

async function* logText(parts: AttemptLogsParts, attemptId: string): AsyncGenerator<string, void> {
  await requireLogHead(parts, attemptId);
  for await (const lines of readPieces(parts, attemptId, 0)) {
    yield lines.map(({ text }) => `${text}\n`).join('');
  }
}
