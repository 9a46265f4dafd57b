import type { WriteTransaction } from '#platform/db';
import { leaseOf } from '../attempts/fence.ts';
import { leaseMilliseconds } from '../attempts/lease-attempt.ts';
import { loseAttempt } from '../attempts/lose-attempt.ts';
import { buildsErrors } from '../builds-errors.ts';
import type { BuildsParts } from '../builds-options.ts';
import { recordHeard } from './builder-connection-store.ts';
import { type HeldAttempt, listHeldOver, settleAttempt } from './held-attempt-store.ts';

/** A sign of life, which only the builder itself can give. */
export interface Heartbeat {
  readonly connectionId: number;
  /** The attempts whose sandboxes it holds. */
  readonly running: readonly string[];
}

type HearingParts = Pick<BuildsParts, 'queue' | 'clock' | 'publisher' | 'events'>;

/** An assignment is under way for so long at most: until then a builder may not know of it yet. */
const arrivalMilliseconds = 15_000;

/**
 * Moves the leases on of what the builder says that it runs. What it was given long ago and does not
 * run is lost. Throws `CONNECTION_CLOSED` once the connection was replaced, or given up.
 */
export async function hearBuilder(
  tx: WriteTransaction,
  parts: HearingParts,
  { connectionId, running }: Heartbeat,
): Promise<void> {
  const now = parts.clock.now();
  if (!(await recordHeard(tx, connectionId, now))) throw connectionClosed();
  for (const attempt of await listHeldOver(tx, connectionId)) {
    if (running.includes(attempt.id)) await extendLease(tx, parts, attempt);
    else if (attempt.startedAt <= now - arrivalMilliseconds) await giveUp(tx, parts, attempt);
  }
}

async function extendLease(
  tx: WriteTransaction,
  { queue, clock }: HearingParts,
  { id }: HeldAttempt,
): Promise<void> {
  const lease = await leaseOf(tx, id);
  if (lease !== undefined) await queue.extend(tx, lease, clock.now() + leaseMilliseconds);
}

async function giveUp(
  tx: WriteTransaction,
  parts: HearingParts,
  { id }: HeldAttempt,
): Promise<void> {
  const lease = await leaseOf(tx, id);
  if (lease !== undefined) await loseAttempt(tx, parts, lease);
  await settleAttempt(tx, id, parts.clock.now());
}

function connectionClosed() {
  return buildsErrors.fail(
    'CONNECTION_CLOSED',
    'the connection of this builder was replaced or given up; connect again',
  );
}
