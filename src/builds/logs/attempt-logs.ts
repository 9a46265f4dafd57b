import { Readable } from 'node:stream';
import type { BuildsParts } from '../builds-options.ts';
import { appendLog, type LogBatch } from './append-log.ts';
import { closeLogs } from './close-logs.ts';
import { type FollowRequest, followLog } from './follow-log.ts';
import type { NumberedLine } from './log-line.ts';
import { type LogPage, type LogRange, readLog } from './read-log.ts';

/** Logs of attempts: lines in append-only segments of the blob store, numbered from 0. */
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

  /** For the keeper: writes the last lines of stopped and lost attempts, and merges segments. */
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

const linesAtOnce = 1000;

async function* logText(parts: AttemptLogsParts, attemptId: string): AsyncGenerator<string, void> {
  for (let from = 0; ; ) {
    const page = await readLog(parts, attemptId, { from, limit: linesAtOnce });
    if (page.lines.length === 0) return;
    yield page.lines.map(({ text }) => `${text}\n`).join('');
    from = page.next;
  }
}
