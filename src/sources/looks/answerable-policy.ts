import { isOwnCause, type OpenDelivery } from '../delivery-store.ts';

/**
 * Which of the deliveries that share a look its changes are kept under: they can't be told apart by
 * what they changed, so the first takes it all, and one of our own only where no other is there.
 */
export function answerableFor(received: readonly OpenDelivery[]): OpenDelivery {
  const found = received.find(({ cause }) => !isOwnCause(cause)) ?? received[0];
  if (found === undefined) throw new Error('a look without a delivery');
  return found;
}
