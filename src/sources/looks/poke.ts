import type { DeliveryCause } from '#kernel';
import type { WriteTransaction } from '#platform/db';
import { insertDelivery, isOwnCause } from '../delivery-store.ts';
import type { SourceId } from '../ref-changes.ts';
import { markDeleted, type RefPlace } from '../ref-log-store.ts';
import type { LookParts } from './look-parts.ts';

/** Why a source is to be looked at, and who made us. */
export interface Poke {
  readonly cause: DeliveryCause;
  readonly pushedBy?: string;
  /** What a push has deleted: it may be there again when somebody looks. */
  readonly deleted?: readonly RefPlace[];
}

/**
 * Keeps a delivery and sees to it that somebody will look: a look that waits will see it, and else one
 * is queued. One that rests after a failure goes on at once, since somebody waits for it now. Gives the
 * delivery; `undefined` for a look of our own where one waits anyway.
 */
export async function keepPoke(
  tx: WriteTransaction,
  { queue, clock }: Pick<LookParts, 'queue' | 'clock'>,
  { sourceId, poke }: { readonly sourceId: SourceId; readonly poke: Poke },
): Promise<number | undefined> {
  const now = clock.now();
  const group = groupOf(sourceId);
  // Locked, so that no look begins between here and the commit without seeing the delivery.
  const { pending } = await queue.lockGroup(tx, group, 1);
  if (pending > 0 && isOwnCause(poke.cause)) return undefined;
  const { cause, pushedBy, deleted = [] } = poke;
  await markDeleted(tx, sourceId, deleted);
  const deliveryId = await insertDelivery(tx, { sourceId, cause, pushedBy, receivedAt: now });
  if (pending > 0) await queue.hasten(tx, group, now);
  else {
    const job = { group, lane: group, concurrency: 1, availableAt: now, payload: group };
    await queue.enqueue(tx, job);
  }
  return deliveryId;
}

function groupOf(sourceId: SourceId): string {
  return String(sourceId);
}

/** Which source a job is about. */
export function sourceOfJob({ payload }: { readonly payload: string }): SourceId {
  return Number(payload);
}
