/**
 * platform/events: what happened, told after it is durable. Topics carry hints to whoever listens, on
 * this server and, over PostgreSQL, on all others; the outbox keeps, in the transaction in which it
 * happens, what its consumers must not miss.
 */
export { Events, type EventsOptions } from './events.ts';
export { eventsMigrations } from './events-migrations.ts';
export { type Consumer, createOutbox, type Outbox, type OutboxOptions } from './outbox.ts';
export type { OutboxEvent } from './outbox-store.ts';
export type { Topic } from './topic.ts';
