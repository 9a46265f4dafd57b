import type { WriteTransaction } from '#platform/db';
import type { RunningJob } from '#platform/jobs';
import { keepError, listOpenDeliveries } from '../delivery-store.ts';
import type { SourceId } from '../ref-changes.ts';
import { assertHeld } from './lease.ts';
import type { LookParts } from './look-parts.ts';
import { sourceOfJob } from './poke.ts';
import { recordReceived } from './record-received.ts';
import { takeUpRecorded } from './take-up-recorded.ts';

/**
 * One job: has the listener take up what an earlier one recorded and could not finish, looks for what
 * was received since, records what changed, and has that taken up, too. Every step is a short
 * transaction that holds the lease, so any server goes on where another one was lost.
 */
export async function lookAtSource(parts: LookParts, job: RunningJob): Promise<void> {
  const sourceId = sourceOfJob(job);
  const open = await parts.database.read((tx) => listOpenDeliveries(tx, sourceId));
  const received = open.filter(({ state }) => state === 'received');
  try {
    if (open.length > received.length) await takeUpRecorded(parts, job, sourceId);
    if (received.length === 0) return;
    await recordReceived(parts, job, { sourceId, received });
    await takeUpRecorded(parts, job, sourceId);
  } catch (error) {
    if (job.signal.aborted) throw error;
    const ids = open.map(({ id }) => id);
    await parts.database.transact((tx) => tellFailure(tx, parts, { job, sourceId, ids, error }));
    throw error;
  }
}

interface Failure {
  readonly job: RunningJob;
  readonly sourceId: SourceId;
  readonly ids: readonly number[];
  readonly error: unknown;
}

/** So that whoever waits for these deliveries learns of it. */
async function tellFailure(
  tx: WriteTransaction,
  { queue, hints }: LookParts,
  { job, sourceId, ids, error }: Failure,
): Promise<void> {
  await assertHeld(tx, queue, job);
  await keepError(tx, ids, error instanceof Error ? error.message : String(error));
  hints.publish(tx, { sourceId });
}
