import { parseAttemptId } from '#kernel';
import { leaseOf } from '../attempts/fence.ts';
import { loseAttempt } from '../attempts/lose-attempt.ts';
import { settleStopped } from '../attempts/stop-build.ts';
import type { BuildsParts } from '../builds-options.ts';
import { settleAttempt } from './held-attempt-store.ts';

export type GivingParts = Pick<
  BuildsParts,
  'database' | 'queue' | 'clock' | 'publisher' | 'events' | 'logger'
>;

/**
 * Attempts that a builder was given and does not run are lost, and their places free. Each is a matter
 * of its own: one that can't be lost is logged, and left to the duty that ends what expired.
 */
export async function giveUpHeld(parts: GivingParts, attemptIds: readonly string[]): Promise<void> {
  for (const attemptId of attemptIds) {
    try {
      await giveUp(parts, attemptId);
    } catch (error) {
      parts.logger.error({ error, attemptId }, 'an attempt that a builder left could not be ended');
    }
  }
}

/** Its place first: that its sandbox is gone is so whatever becomes of the build. */
async function giveUp(parts: GivingParts, attemptId: string): Promise<void> {
  const { database, clock } = parts;
  await database.transact((tx) => settleAttempt(tx, attemptId, clock.now()));
  await database.transact(async (tx) => {
    const lease = await leaseOf(tx, attemptId);
    if (lease !== undefined) await loseAttempt(tx, parts, lease);
    const buildId = parseAttemptId(attemptId)?.buildId;
    if (buildId !== undefined) await settleStopped(tx, parts, buildId);
  });
}
