import type { WriteTransaction } from '#platform/db';

/**
 * What happens in one part of the program, told to whoever listens: hints that save waiting. They
 * arrive once the transaction is durable, here at once and on other servers within milliseconds, in no
 * certain order, and may be lost between servers. So who waits for one also looks by itself.
 */
export interface Topic<Event extends object> {
  /**
   * Tells the event once the transaction is durable; never when it fails. The event is JSON; one of
   * more than 7,000 bytes is told to this server alone.
   */
  publish(tx: WriteTransaction, event: Event): void;

  /** Calls the listener with each event of every server. Gives the function that ends it. */
  on(listener: (event: Event) => void): () => void;
}
