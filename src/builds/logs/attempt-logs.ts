import { paged } from '#platform/schedule';
import type { BuildsParts } from '../builds-options.ts';
import { appendLog, type LogBatch } from './append-log.ts';
import { closeLog } from './close-log.ts';
import { listUnfinishedLogs, listUnfinishedLogsOf, type UnfinishedLog } from './log-store.ts';

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
