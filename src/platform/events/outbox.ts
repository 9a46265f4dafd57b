import type { Clock } from '#kernel';
import type { Database, WriteTransaction } from '#platform/db';
import type { Events } from './events.ts';
import {
  ensureConsumer,
  hasEventsFor,
  insertEvent,
  listEventsAfter,
  lockConsumer,
  moveConsumer,
  type OutboxEvent,
  placeEvents,
  removeReadEvents,
} from './outbox-store.ts';

/** Somebody who must see every event. */
export interface Consumer {
  /** What its place is kept under, for ever. */
  readonly name: string;

  /**
   * Takes events in order, in the transaction that moves the consumer on: what it writes is written
   * once, whatever fails. When it throws, the same events come again. It passes over topics that it
   * does not know.
   */
  take(tx: WriteTransaction, events: readonly OutboxEvent[]): Promise<void>;
}

/**
 * Events that must not be missed, as rows that are written in the transaction in which they happen.
 * Every consumer sees each at least once, and in order: what was committed before something else
 * began, or what something else had to wait for, comes before it.
 */
export interface Outbox {
  /** The event is kept when the transaction is, until every consumer has taken it. */
  append(tx: WriteTransaction, event: Pick<OutboxEvent, 'topic' | 'payload'>): Promise<void>;

  /**
   * Gives the consumer all that it has not taken. One that is new begins with what comes after. Does
   * nothing while another server does it.
   */
  consume(consumer: Consumer): Promise<void>;

  /** Calls the listener when there may be something to consume. Gives the function that ends it. */
  onAppend(listener: () => void): () => void;

  /** Removes what every consumer has taken. */
  removeTaken(): Promise<void>;
}

export interface OutboxOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly events: Events;
}

const eventsAtOnce = 100;

export function createOutbox({ database, clock, events }: OutboxOptions): Outbox {
  const appended = events.topic('outbox');
  return {
    async append(tx, event) {
      await insertEvent(tx, { ...event, createdAt: clock.now() });
      appended.publish(tx, {});
    },
    async consume(consumer) {
      await database.transact((tx) => ensureConsumer(tx, consumer.name));
      while (await database.read((tx) => hasEventsFor(tx, consumer.name))) {
        await database.transact((tx) => placeEvents(tx, eventsAtOnce));
        if (!(await database.transact((tx) => consumeSome(tx, consumer)))) return;
      }
    },
    onAppend: (listener) => appended.on(listener),
    async removeTaken() {
      let removed: number;
      do {
        await database.transact((tx) => placeEvents(tx, eventsAtOnce));
        removed = await database.transact((tx) => removeReadEvents(tx, eventsAtOnce));
      } while (removed > 0);
    },
  };
}

/** `false` while another server does it. */
async function consumeSome(tx: WriteTransaction, consumer: Consumer): Promise<boolean> {
  const position = await lockConsumer(tx, consumer.name);
  if (position === undefined) return false;
  const events = await listEventsAfter(tx, position, eventsAtOnce);
  const last = events.at(-1);
  if (last === undefined) return true;
  await consumer.take(tx, events);
  await moveConsumer(tx, consumer.name, last.position);
  return true;
}
