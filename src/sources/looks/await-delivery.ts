import { Waiter } from '#platform/schedule';
import { findStanding } from '../delivery-store.ts';
import type { SourceId } from '../ref-changes.ts';
import { sourcesErrors } from '../sources-errors.ts';
import type { LookParts } from './look-parts.ts';

export interface AwaitedDelivery {
  readonly sourceId: SourceId;
  readonly deliveryId: number;
  /** Aborts when the program stops. */
  readonly stop: AbortSignal;
}

/** Another server that looks is heard of, and its hint may be lost. */
const askMilliseconds = 1_000;

/**
 * Resolves once the delivery is done, whichever server looked. Throws `LOOK_FAILED` with the reason when
 * a look at it has failed, and when the server stops before one has ended.
 */
export async function awaitDelivery(
  { database, clock, hints }: Pick<LookParts, 'database' | 'clock' | 'hints'>,
  { sourceId, deliveryId, stop }: AwaitedDelivery,
): Promise<void> {
  using waiter = new Waiter(clock, (wake) =>
    hints.on((hint) => {
      if (hint.sourceId === sourceId) wake();
    }),
  );
  for (;;) {
    const standing = await database.read((tx) => findStanding(tx, deliveryId));
    if (standing === undefined || standing.state === 'done') return;
    if (standing.error !== null) throw sourcesErrors.fail('LOOK_FAILED', standing.error);
    if (stop.aborted)
      throw sourcesErrors.fail('LOOK_FAILED', 'the server stops; the next one looks');
    await waiter.come(askMilliseconds, stop);
  }
}
