import type { WriteTransaction } from '#platform/db';
import { leaseOf } from '../attempts/fence.ts';
import { leaseMilliseconds } from '../attempts/lease-attempt.ts';
import { buildsErrors } from '../builds-errors.ts';
import type { BuildsParts } from '../builds-options.ts';
import { recordHeard } from './builder-connection-store.ts';
import { parseConnectionId } from './connection-key.ts';
import { type GivingParts, giveUpHeld } from './give-up-held.ts';
import { listHeldOver } from './held-attempt-store.ts';

/** A sign of life, which only the builder itself can give. */
export interface Heartbeat {
  /** As the builder was told it, which nobody else was. */
  readonly connectionId: string;
  /** The attempts whose sandboxes it holds. */
  readonly running: readonly string[];
}

/** An assignment is under way for so long at most: until then a builder may not know of it yet. */
const arrivalMilliseconds = 15_000;

/**
 * Moves the leases on of what the builder says that it runs. What it was given long ago and does not
 * run is lost. Throws `CONNECTION_CLOSED` once the connection was replaced, or given up, and for one
 * that is not the builder's own.
 */
export async function hearBuilder(
  parts: GivingParts & Pick<BuildsParts, 'queue'>,
  heartbeat: Heartbeat,
): Promise<void> {
  const missing = await parts.database.transact((tx) => keepRunning(tx, parts, heartbeat));
  await giveUpHeld(parts, missing);
}

/** Gives what the builder should run and does not. */
async function keepRunning(
  tx: WriteTransaction,
  { queue, clock }: Pick<BuildsParts, 'queue' | 'clock'>,
  { connectionId, running }: Heartbeat,
): Promise<readonly string[]> {
  const now = clock.now();
  const key = parseConnectionId(connectionId);
  if (key === undefined || !(await recordHeard(tx, key, now))) throw connectionClosed();
  const missing: string[] = [];
  for (const { id, startedAt } of await listHeldOver(tx, key.id)) {
    if (running.includes(id)) {
      const lease = await leaseOf(tx, id);
      if (lease !== undefined) await queue.extend(tx, lease, now + leaseMilliseconds);
    } else if (startedAt <= now - arrivalMilliseconds) missing.push(id);
  }
  return missing;
}

function connectionClosed() {
  return buildsErrors.fail(
    'CONNECTION_CLOSED',
    'the connection of this builder was replaced or given up; connect again',
  );
}
