import { parseAttemptId } from '#kernel';
import type { WriteTransaction } from '#platform/db';
import type { JobLock, Lease } from '#platform/jobs';
import { createBuildQueue } from '../build-queue.ts';
import { buildsErrors } from '../builds-errors.ts';
import type { BuildsParts } from '../builds-options.ts';
import { findJobOf } from './attempt-store.ts';

/** The lease that an attempt acts under; `undefined` for text that names none. */
export async function leaseOf(tx: WriteTransaction, attemptId: string): Promise<Lease | undefined> {
  const parsed = parseAttemptId(attemptId);
  if (parsed === undefined) return undefined;
  const jobId = await findJobOf(tx, parsed.buildId);
  return jobId === undefined ? undefined : { jobId, attempt: parsed.number };
}

/**
 * Throws `ATTEMPT_ENDED` unless the attempt may act, and keeps it so until the transaction ends: who
 * cancels waits. `shared` for reports, which may come side by side.
 */
export async function passFence(
  tx: WriteTransaction,
  { queue }: Pick<BuildsParts, 'queue'>,
  attemptId: string,
  lock: JobLock,
): Promise<Lease> {
  const lease = await leaseOf(tx, attemptId);
  if (lease !== undefined && (await queue.hold(tx, lease, lock))) return lease;
  throw attemptEnded(attemptId);
}

export function attemptEnded(attemptId: string) {
  return buildsErrors.fail(
    'ATTEMPT_ENDED',
    `attempt ${attemptId.slice(0, 40)} was canceled, lost or has finished`,
    { detail: { attemptId: attemptId.slice(0, 40) } },
  );
}

/** The fence as the registry has to respect it: `app` registers it among its rules. */
export interface AttemptFence {
  /**
   * Throws `DENIED` unless the attempt may push; it can't be ended before the transaction is. To be
   * asked before anything of it enters a repository.
   */
  assertLive(tx: WriteTransaction, attemptId: string): Promise<void>;
}

/** Needs nothing of the room but its tables, so that the registry can be made before it. */
export function createAttemptFence(): AttemptFence {
  const queue = createBuildQueue();
  return {
    async assertLive(tx, attemptId) {
      const lease = await leaseOf(tx, attemptId);
      if (lease !== undefined && (await queue.hold(tx, lease, 'shared'))) return;
      throw buildsErrors.fail('DENIED', 'the build was canceled or has ended; it can push nothing');
    },
  };
}
