import type { WorkerParts } from './end-job.ts';
import type { Lease } from './job-queue.ts';

/** How long a job stays with a worker that is not heard of any more. */
export const leaseMilliseconds = 30_000;

export interface LeaseWatch {
  /** Aborts when the work is over. */
  readonly over: AbortSignal;
  /** Called when somebody else may have the job. */
  readonly lost: () => void;
}

/** Moves a fresh lease on until the work is over or the lease is lost. Never rejects. */
export async function keepLease(
  { queue, database, clock, logger }: Omit<WorkerParts, 'retry'>,
  lease: Lease,
  { over, lost }: LeaseWatch,
): Promise<void> {
  let expiresAt = clock.now() + leaseMilliseconds;
  while (clock.now() < expiresAt) {
    await clock.sleep(leaseMilliseconds / 3, over).catch(() => undefined);
    if (over.aborted) return;
    try {
      const next = clock.now() + leaseMilliseconds;
      if (!(await database.transact((tx) => queue.extend(tx, lease, next)))) break;
      expiresAt = next;
    } catch (error) {
      logger.warn(
        { error, queue: queue.name, jobId: lease.jobId },
        'a lease could not be moved on',
      );
    }
  }
  if (!over.aborted) lost();
}
