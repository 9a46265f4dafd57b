import { paged } from '#platform/schedule';
import { appendLog, type LogBatch, type LogParts } from './append-log.ts';
import { closeLog } from './close-log.ts';
import { listUnfinishedLogs, type UnfinishedLog } from './log-store.ts';
import type { StraySegment } from './stray-segment-store.ts';
import { listAbandoned, removeStray } from './stray-segments.ts';

/**
 * How logs of attempts grow and come to rest: lines, numbered from 0, in append-only segments of the
 * blob store, and the last of them in rows until they fill a segment or the attempt has ended.
 */
export interface AttemptLogs {
  /** For running attempts; see `Attempts.appendLog`. */
  append(attemptId: string, batch: LogBatch): Promise<void>;

  /** Those of ended attempts that are not at rest yet. */
  listOpen(): AsyncIterable<UnfinishedLog>;

  /** Writes the last lines of a stopped or lost attempt, and stores what is in rows. */
  close(log: UnfinishedLog): Promise<void>;

  /** Bytes of the blob store that were written for logs, which none refers to. */
  listStrays(): AsyncIterable<StraySegment>;

  removeStray(stray: StraySegment): Promise<void>;
}

export function createAttemptLogs(parts: LogParts): AttemptLogs {
  return {
    append: (attemptId, batch) => appendLog(parts, attemptId, batch),
    listOpen: () =>
      paged<UnfinishedLog>((last) =>
        parts.database.read((tx) => listUnfinishedLogs(tx, last, logsPerPage)),
      ),
    close: (log) => closeLog(parts, log),
    listStrays: () => listAbandoned(parts),
    removeStray: ({ key }) => removeStray(parts, key),
  };
}

const logsPerPage = 100;
