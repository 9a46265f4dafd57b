import type { WriteTransaction } from '#platform/db';
import type { JobQueue, Lease } from '#platform/jobs';

/** Throws where another server may have the job: nothing may be written any more. */
export async function assertHeld(
  tx: WriteTransaction,
  queue: JobQueue,
  lease: Lease,
): Promise<void> {
  if (await queue.hold(tx, lease, 'exclusive')) return;
  throw new Error(`the lease of job ${lease.jobId} has ended`);
}
