import type { Instant } from '#kernel';
import type { WriteTransaction } from '#platform/db';
import { type Lease, type RetryPolicy, retryAtAfter } from '#platform/jobs';
import { endAttempt } from '../attempts/end-attempt.ts';
import { requireAttempt } from '../attempts/require-attempt.ts';
import { settleStopped } from '../attempts/stop-build.ts';
import type { BuildsParts } from '../builds-options.ts';
import { failPendingBuild, findBuildIdOfJob } from '../lifecycle/build-store.ts';
import { stepBuild } from '../lifecycle/step-build.ts';
import { settleAttempt } from './held-attempt-store.ts';

/*
 * A build that the server can't get ready for any builder, for a reason that nobody foresaw, rests and
 * is tried again: the trouble may be a passing one, or another server may not have it. After a few
 * times the build has failed. All others get their turn meanwhile.
 */

const retry: RetryPolicy = {
  firstMilliseconds: 5_000,
  longestMilliseconds: 60_000,
  mostFailures: 3,
};
const reason = 'server_failed';

type AsideParts = Pick<
  BuildsParts,
  'database' | 'queue' | 'clock' | 'publisher' | 'events' | 'logger'
>;

/** Whose turn it was, and how often that had gone wrong before. */
interface FailedTurn extends Lease {
  readonly failures: number;
}

/** A build that could not be leased: nothing of the lease was kept. */
export async function setJobAside(
  parts: AsideParts,
  turn: FailedTurn,
  error: unknown,
): Promise<void> {
  const { database, queue, clock, logger } = parts;
  const { jobId } = turn;
  const now = clock.now();
  const failures = turn.failures + 1;
  const retryAt = retryAtAfter(failures, retry, now);
  const buildId = await database.transact(async (tx) => {
    const id = await findBuildIdOfJob(tx, jobId);
    const failure = { error: named(error), availableAt: retryAt ?? now };
    if (!(await queue.postpone(tx, jobId, failure)) || retryAt !== undefined) return id;
    await queue.withdraw(tx, jobId, now);
    if (id !== undefined) await failWaiting(tx, parts, id, now);
    return id;
  });
  logger.error({ error, jobId, buildId, failures }, unready);
}

/** A leased build that could not be equipped. No builder has seen it: nothing of it is left anywhere. */
export async function setAttemptAside(
  parts: AsideParts,
  turn: FailedTurn & { readonly attemptId: string; readonly buildId: number },
  error: unknown,
): Promise<void> {
  const { database, logger } = parts;
  const { attemptId, buildId, failures } = turn;
  logger.error({ error, attemptId, buildId, failures: failures + 1 }, unready);
  await database.transact((tx) => giveBack(tx, parts, turn, error));
}

async function giveBack(
  tx: WriteTransaction,
  parts: AsideParts,
  turn: FailedTurn & { readonly attemptId: string; readonly buildId: number },
  error: unknown,
): Promise<void> {
  const { queue, clock } = parts;
  const now = clock.now();
  await settleAttempt(tx, turn.attemptId, now);
  const failures = turn.failures + 1;
  const retryAt = retryAtAfter(failures, retry, now);
  const failed = await queue.fail(tx, turn, { error: named(error), now, retryAt });
  if (!failed) return settleStopped(tx, parts, turn.buildId);
  const { attempt, build } = await requireAttempt(tx, turn.attemptId);
  const message = messageFor(build.id, failures);
  await stepBuild(
    tx,
    parts,
    build,
    retryAt === undefined
      ? { step: 'fail', reason, message, finishedAt: now }
      : { step: 'try_again', startedAt: null },
  );
  await endAttempt(tx, parts, attempt, {
    state: 'lost',
    reason,
    message,
    endedAt: now,
    isLogComplete: false,
  });
}

async function failWaiting(
  tx: WriteTransaction,
  { events }: AsideParts,
  buildId: number,
  finishedAt: Instant,
): Promise<void> {
  const message = messageFor(buildId, retry.mostFailures);
  const repositoryId = await failPendingBuild(tx, buildId, { reason, message, finishedAt });
  if (repositoryId !== undefined) {
    events.publish(tx, { type: 'build-changed', buildId, repositoryId });
  }
}

const unready = 'a build could not be got ready for a builder';

/** What stopped it may hold what is nobody's business but the operator's. */
function messageFor(buildId: number, times: number): string {
  const often = times === 1 ? 'this time' : `${times} times`;
  return `the server could not get the build ready ${often}; what stopped it is in its log: ask its operator to look for build ${buildId}, then retry`;
}

function named(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
