import type { WriteTransaction } from '#platform/db';
import type { BuildsParts } from '../builds-options.ts';
import type { Attempt } from '../lifecycle/build.ts';
import { type AttemptEnd, updateEnded } from './attempt-store.ts';

type EndingParts = Pick<BuildsParts, 'publisher' | 'events'>;

/**
 * Writes down how an attempt ended and throws away what it staged. The caller has ended its lease, so
 * from this transaction on it has no rights.
 */
export async function endAttempt(
  tx: WriteTransaction,
  { publisher, events }: EndingParts,
  attempt: Attempt,
  end: AttemptEnd,
): Promise<void> {
  await updateEnded(tx, attempt.id, end);
  await publisher.drop(tx, attempt.id);
  const { id: attemptId, builder } = attempt;
  const reason = end.reason ?? end.state;
  events.publish(tx, { type: 'attempt-ended', attemptId, builder, reason });
  events.publish(tx, { type: 'log-grew', attemptId });
  events.publish(tx, { type: 'queue-changed' });
}
