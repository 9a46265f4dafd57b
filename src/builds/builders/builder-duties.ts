import type { WriteTransaction } from '#platform/db';
import { leaseOf } from '../attempts/fence.ts';
import { leaseMilliseconds } from '../attempts/lease-attempt.ts';
import { loseAttempt } from '../attempts/lose-attempt.ts';
import type { BuildsParts } from '../builds-options.ts';
import {
  type AbandonedAttempt,
  closeSilentConnections,
  deleteClosedConnections,
  listAbandoned,
  recordAllHeard,
} from './builder-connection-store.ts';

type DutyParts = Pick<BuildsParts, 'database' | 'queue' | 'clock' | 'publisher' | 'events'>;

/** A builder whose connection broke and that does not come back so soon has lost its attempts. */
const graceMilliseconds = 3_000;
/** Closed connections are of use to whoever looks for what happened yesterday. */
const keptMilliseconds = 7 * 24 * 3_600_000;

/** A builder that lost its power can't say so: who was not heard for long has no connection. */
export async function giveUpSilent({ database, clock }: DutyParts): Promise<void> {
  const now = clock.now();
  await database.transact(async (tx) => {
    await closeSilentConnections(tx, { heardBy: now - leaseMilliseconds, now });
    await deleteClosedConnections(tx, now - keptMilliseconds);
  });
}

export async function listAbandonedNow({
  database,
  clock,
}: DutyParts): Promise<readonly AbandonedAttempt[]> {
  return database.read((tx) => listAbandoned(tx, clock.now() - graceMilliseconds));
}

export async function loseAbandoned(
  parts: DutyParts,
  { attemptId }: AbandonedAttempt,
): Promise<void> {
  await parts.database.transact(async (tx) => {
    const lease = await leaseOf(tx, attemptId);
    if (lease !== undefined) await loseAttempt(tx, parts, lease);
  });
}

/** While no server was up, builders could not be heard: none of them is lost yet. */
export async function giveGrace(
  tx: WriteTransaction,
  { queue, clock }: Pick<DutyParts, 'queue' | 'clock'>,
): Promise<void> {
  const now = clock.now();
  await recordAllHeard(tx, now);
  await queue.graceUntil(tx, now + leaseMilliseconds);
}
