import { parseAttemptId } from '#kernel';
import type { WriteTransaction } from '#platform/db';
import { sourcesErrors } from '#sources';
import type { BuildsParts } from '../builds-options.ts';
import type { TagOutcome } from '../image-publisher.ts';
import type { LogBatch } from '../logs/append-log.ts';
import type { AttemptLogs } from '../logs/attempt-logs.ts';
import { type AttemptStanding, findStanding, listRunningOf } from './attempt-store.ts';
import { attemptTokenDigest, isAttemptToken } from './attempt-token.ts';
import { leaseOf, passFence } from './fence.ts';
import { type FinishReport, finishAttempt } from './finish-attempt.ts';
import {
  type BuilderIdentity,
  type LeasedAttempt,
  leaseAttempt,
  leaseMilliseconds,
} from './lease-attempt.ts';
import { loseAttempt } from './lose-attempt.ts';
import { type PhaseReport, putPhase } from './phase-store.ts';
import { publishAttempt } from './publish-attempt.ts';
import { requireAttempt } from './require-attempt.ts';
import { settleStopped } from './stop-build.ts';

/**
 * The queue as builders see it, and what attempts report. All but `authenticate` may be called twice
 * without harm. What an attempt sends throws `ATTEMPT_ENDED` once it was canceled, lost or finished.
 */
export interface Attempts {
  /**
   * The next build whose turn it is, leased for 30 seconds; `undefined` when there is none. Those
   * whose source gives no access to a clone fail at once and are passed over.
   */
  leaseNext(builder: BuilderIdentity): Promise<LeasedAttempt | undefined>;

  /** Moves the leases of a connected builder on; gives the attempts that have ended instead. */
  extend(attemptIds: readonly string[]): Promise<readonly string[]>;

  /**
   * A builder has opened a session and says which attempts it still runs. Others of its name are
   * lost at once. Gives those of `running` that have no rights any more.
   */
  reclaim(builder: string, running: readonly string[]): Promise<readonly string[]>;

  /** A builder is known to be dead: all it ran is lost at once. */
  loseAllOf(builder: string): Promise<void>;

  /** The sandbox of a stopped attempt is gone. Anything else is left as it is. */
  settle(attemptId: string): Promise<void>;

  /** Whose token it is; `undefined` for text that is none. May be remembered for 4 s at most. */
  authenticate(token: string): Promise<AttemptStanding | undefined>;

  recordPhase(attemptId: string, report: PhaseReport): Promise<void>;

  /** Throws `LOG_GAP` when lines before `from` are missing. Lines that are known are passed over. */
  appendLog(attemptId: string, batch: LogBatch): Promise<void>;

  /** Moves what is staged so far; gives what became of every tag that the attempt has published. */
  publish(attemptId: string): Promise<readonly TagOutcome[]>;

  finish(attemptId: string, report: FinishReport): Promise<void>;
}

export interface AttemptsParts extends BuildsParts {
  readonly attemptLogs: AttemptLogs;
}

export function createAttempts(parts: AttemptsParts): Attempts {
  const { database, attemptLogs } = parts;
  return {
    leaseNext: (builder) => leaseNext(parts, builder),
    extend: (attemptIds) => database.transact((tx) => extendAll(tx, parts, attemptIds)),
    reclaim: (builder, running) => reclaim(parts, builder, running),
    async loseAllOf(builder) {
      await reclaim(parts, builder, []);
    },
    settle: (attemptId) => settle(parts, attemptId),
    async authenticate(token) {
      if (!isAttemptToken(token)) return undefined;
      return database.read((tx) => findStanding(tx, attemptTokenDigest(token)));
    },
    recordPhase: (attemptId, report) =>
      database.transact(async (tx) => {
        await passFence(tx, parts, attemptId, 'shared');
        await putPhase(tx, attemptId, report);
        await tellChange(tx, parts, attemptId);
      }),
    appendLog: (attemptId, batch) => attemptLogs.append(attemptId, batch),
    publish: (attemptId) =>
      database.transact(async (tx) => {
        const outcomes = await publishAttempt(tx, parts, attemptId);
        await tellChange(tx, parts, attemptId);
        return outcomes;
      }),
    async finish(attemptId, report) {
      await settle(parts, attemptId);
      await database.transact((tx) => finishAttempt(tx, parts, attemptId, report));
    },
  };
}

async function leaseNext(
  parts: AttemptsParts,
  builder: BuilderIdentity,
): Promise<LeasedAttempt | undefined> {
  const { database, sources } = parts;
  for (;;) {
    const lease = await database.transact((tx) => leaseAttempt(tx, parts, builder));
    if (lease === undefined) return undefined;
    try {
      return { ...lease, clone: await sources.cloneAccess(lease.sourceId) };
    } catch (error) {
      if (!sourcesErrors.is(error)) throw error;
      const { message } = error;
      const failure = {
        outcome: 'failed',
        reason: 'clone_failed',
        phase: 'clone',
        message,
      } as const;
      await database.transact((tx) => finishAttempt(tx, parts, lease.attemptId, failure));
    }
  }
}

async function extendAll(
  tx: WriteTransaction,
  { queue, clock }: AttemptsParts,
  attemptIds: readonly string[],
): Promise<readonly string[]> {
  const expiresAt = clock.now() + leaseMilliseconds;
  const ended: string[] = [];
  for (const attemptId of attemptIds) {
    const lease = await leaseOf(tx, attemptId);
    if (lease === undefined || !(await queue.extend(tx, lease, expiresAt))) ended.push(attemptId);
  }
  return ended;
}

async function reclaim(
  parts: AttemptsParts,
  builder: string,
  running: readonly string[],
): Promise<readonly string[]> {
  const { database } = parts;
  const stored = await database.read((tx) => listRunningOf(tx, builder));
  for (const { id } of stored.filter((attempt) => !running.includes(attempt.id))) {
    await database.transact(async (tx) => {
      const lease = await leaseOf(tx, id);
      if (lease !== undefined) await loseAttempt(tx, parts, lease);
    });
  }
  return database.transact((tx) => extendAll(tx, parts, running));
}

async function settle(parts: AttemptsParts, attemptId: string): Promise<void> {
  const buildId = parseAttemptId(attemptId)?.buildId;
  if (buildId === undefined) return;
  await parts.database.transact((tx) => settleStopped(tx, parts, buildId));
}

async function tellChange(
  tx: WriteTransaction,
  { events }: AttemptsParts,
  attemptId: string,
): Promise<void> {
  const { build } = await requireAttempt(tx, attemptId);
  tx.afterCommit(() => {
    events.emit({ type: 'build-changed', buildId: build.id, repositoryId: build.repositoryId });
  });
}
