import type { ReadTransaction, WriteTransaction } from '#platform/db';
import { requirePlace } from '#repositories';
import { settleAttempt } from '../builders/held-attempt-store.ts';
import type { BuildsParts } from '../builds-options.ts';
import type { TagOutcome } from '../image-publisher.ts';
import type { LogBatch } from '../logs/append-log.ts';
import type { AttemptLogs } from '../logs/attempt-logs.ts';
import { type AttemptStanding, findStanding } from './attempt-store.ts';
import { attemptTokenDigest, isAttemptToken } from './attempt-token.ts';
import { passFence } from './fence.ts';
import { type FinishReport, finishAttempt } from './finish-attempt.ts';
import { type PhaseReport, putPhase } from './phase-store.ts';
import { plausibleInstant } from './phase-times.ts';
import { publishAttempt } from './publish-attempt.ts';
import { requireAttempt } from './require-attempt.ts';
import { settleStopped } from './stop-build.ts';

/**
 * What attempts report, to whatever server. All but `authenticate` may be called twice
 * without harm. What an attempt sends throws `ATTEMPT_ENDED` once it was canceled, lost or finished.
 */
export interface Attempts {
  /** The sandbox of a stopped attempt is gone. Anything else is left as it is. */
  settle(attemptId: string): Promise<void>;

  /** Whose token it is; `undefined` for text that is none. May be remembered for 4 s at most. */
  authenticate(token: string): Promise<AttemptStanding | undefined>;

  recordPhase(attemptId: string, report: PhaseReport): Promise<void>;

  /** Throws `LOG_GAP` when lines before `from` are missing. Lines that are known are passed over. */
  appendLog(attemptId: string, batch: LogBatch): Promise<void>;

  /** Moves what is staged so far; gives what became of every tag that the attempt has published. */
  publish(attemptId: string): Promise<readonly TagOutcome[]>;

  /** A verdict that was taken already is taken again; another one throws `ATTEMPT_ENDED`. */
  finish(attemptId: string, report: FinishReport): Promise<void>;
}

export interface AttemptsParts extends BuildsParts {
  readonly attemptLogs: AttemptLogs;
}

export function createAttempts(parts: AttemptsParts): Attempts {
  const { database, clock, events, attemptLogs } = parts;
  return {
    settle: (attemptId) => database.transact((tx) => settle(tx, parts, attemptId)),
    async authenticate(token) {
      if (!isAttemptToken(token)) return undefined;
      return database.read((tx) => standingOf(tx, token));
    },
    recordPhase: (attemptId, report) =>
      database.transact(async (tx) => {
        await passFence(tx, parts, attemptId, 'shared');
        const { attempt, build } = await requireAttempt(tx, attemptId);
        const bounds = { startedAt: attempt.startedAt, now: clock.now() };
        await putPhase(tx, attemptId, { ...report, at: plausibleInstant(report.at, bounds) });
        const { id: buildId, repositoryId } = build;
        events.publish(tx, { type: 'build-changed', buildId, repositoryId });
      }),
    appendLog: (attemptId, batch) => attemptLogs.append(attemptId, batch),
    publish: (attemptId) => database.transact((tx) => publishAttempt(tx, parts, attemptId)),
    async finish(attemptId, report) {
      // Whatever the verdict is worth, it is sent when the sandbox is gone: that much is kept.
      await database.transact((tx) => settle(tx, parts, attemptId));
      await database.transact((tx) => finishAttempt(tx, parts, attemptId, report));
    },
  };
}

async function standingOf(
  tx: ReadTransaction,
  token: string,
): Promise<AttemptStanding | undefined> {
  const standing = await findStanding(tx, attemptTokenDigest(token));
  if (standing === undefined) return undefined;
  const { name: repositoryName } = await requirePlace(tx, standing.repositoryId);
  return { ...standing, repositoryName };
}

async function settle(
  tx: WriteTransaction,
  { clock, events }: AttemptsParts,
  attemptId: string,
): Promise<void> {
  if (!(await settleAttempt(tx, attemptId, clock.now()))) return;
  const { attempt, build } = await requireAttempt(tx, attemptId);
  await settleStopped(tx, { events }, build.id);
  events.publish(tx, { type: 'builder-changed', builder: attempt.builder });
}
