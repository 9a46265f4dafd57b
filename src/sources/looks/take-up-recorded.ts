import type { WriteTransaction } from '#platform/db';
import type { RunningJob } from '#platform/jobs';
import { closeRecorded } from '../delivery-store.ts';
import type { SourceId } from '../ref-changes.ts';
import { type LoggedChange, listChangesAfter } from '../ref-log-store.ts';
import { moveTakenSeq, readTakenSeq } from '../source-store.ts';
import { assertHeld } from './lease.ts';
import type { LookParts } from './look-parts.ts';

/** So many are read at once; the listener takes what fits into its transaction. */
const changesAtOnce = 200;

/** Has the listener take up all that is recorded, in the order of the ref log, step by step. */
export async function takeUpRecorded(
  parts: LookParts,
  job: RunningJob,
  sourceId: SourceId,
): Promise<void> {
  let isDone = false;
  while (!isDone) {
    job.signal.throwIfAborted();
    isDone = await parts.database.transact((tx) => takeUpSome(tx, parts, { job, sourceId }));
  }
}

interface Step {
  readonly job: RunningJob;
  readonly sourceId: SourceId;
}

/** `true` once nothing is left. */
async function takeUpSome(
  tx: WriteTransaction,
  { queue, listener, hints }: LookParts,
  { job, sourceId }: Step,
): Promise<boolean> {
  await assertHeld(tx, queue, job);
  const after = await readTakenSeq(tx, sourceId);
  const left = await listChangesAfter(tx, sourceId, { after, limit: changesAtOnce });
  const taken = await takeUpFirst(tx, listener, { sourceId, left });
  const last = left[taken - 1];
  if (last !== undefined) await moveTakenSeq(tx, sourceId, last.seq);
  if (taken < left.length || left.length === changesAtOnce) return false;
  await closeRecorded(tx, sourceId);
  hints.publish(tx, { sourceId });
  return true;
}

/** Those of one delivery, or fewer. */
async function takeUpFirst(
  tx: WriteTransaction,
  listener: LookParts['listener'],
  { sourceId, left }: { readonly sourceId: SourceId; readonly left: readonly LoggedChange[] },
): Promise<number> {
  const deliveryId = left[0]?.deliveryId;
  if (deliveryId === undefined) return 0;
  const end = left.findIndex((change) => change.deliveryId !== deliveryId);
  const changes = end < 0 ? left : left.slice(0, end);
  return listener.takeUp(tx, { sourceId, deliveryId, changes });
}
