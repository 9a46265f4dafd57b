import type { Instant } from '#kernel';
import { type ReadTransaction, statement, type WriteTransaction } from '#platform/db';

export interface OutboxEvent {
  readonly topic: string;
  /** JSON. */
  readonly payload: string;
  readonly createdAt: Instant;
}

export interface PlacedEvent extends OutboxEvent {
  readonly position: number;
}

const insert = statement<[topic: string, payload: string, createdAt: Instant]>(
  'insert into outbox (topic, payload, created_at) values (?, ?, ?)',
);

export async function insertEvent(
  tx: WriteTransaction,
  { topic, payload, createdAt }: OutboxEvent,
): Promise<void> {
  await tx.run(insert, topic, payload, createdAt);
}

/*
 * PostgreSQL gives ids out before it is known who commits first: whoever has read up to id 6 may later
 * find a 5, and would have missed it. So rows get their place when they are first seen, by one at a
 * time. Of two transactions that wait for each other the later one inserts, and is seen, later.
 */
const end = 'select position from outbox_end where id = 1';
const readEnd = statement<[], { position: number }>(end);
const lockEnd = statement<[], { position: number }>(`${end} for update`);
const place = statement<[after: number, limit: number]>(
  `update outbox set position = placed.position
   from (select id, ? + row_number() over (order by id) as position
           from (select id from outbox where position is null order by id limit ?) as unplaced)
     as placed
   where outbox.id = placed.id`,
);
const moveEnd = statement<[by: number]>(
  'update outbox_end set position = position + ? where id = 1',
);

/** Gives events that are there and have no place their places, behind all others. */
export async function placeEvents(tx: WriteTransaction, limit: number): Promise<void> {
  const last = await tx.first(tx.dialect === 'sqlite' ? readEnd : lockEnd);
  const placed = await tx.run(place, last?.position ?? 0, limit);
  if (placed > 0) await tx.run(moveEnd, placed);
}

const addConsumer = statement<[name: string]>(
  `insert into outbox_consumer (name, position)
   select ?, position from outbox_end where id = 1
   on conflict (name) do nothing`,
);
const selectCursor = 'select position from outbox_consumer where name = ?';
const readCursor = statement<[name: string], { position: number }>(selectCursor);
const lockCursor = statement<[name: string], { position: number }>(
  `${selectCursor} for update skip locked`,
);
const selectWaiting = statement<[name: string], { one: number }>(
  `select 1 as one where exists (select 1 from outbox where position is null)
      or exists (select 1 from outbox
                  where position > (select position from outbox_consumer where name = ?))`,
);
const selectAfter = statement<[after: number, limit: number], PlacedEvent>(
  `select position, topic, payload, created_at as "createdAt" from outbox
   where position > ? order by position limit ?`,
);
const moveCursor = statement<[position: number, name: string]>(
  'update outbox_consumer set position = ? where name = ?',
);

/** A consumer that is new begins with what comes next. */
export async function ensureConsumer(tx: WriteTransaction, name: string): Promise<void> {
  await tx.run(addConsumer, name);
}

export async function hasEventsFor(tx: ReadTransaction, name: string): Promise<boolean> {
  return (await tx.first(selectWaiting, name)) !== undefined;
}

/** How far the consumer has read; `undefined` while it reads elsewhere. Nobody else reads for it now. */
export async function lockConsumer(
  tx: WriteTransaction,
  name: string,
): Promise<number | undefined> {
  return (await tx.first(tx.dialect === 'sqlite' ? readCursor : lockCursor, name))?.position;
}

export async function listEventsAfter(
  tx: WriteTransaction,
  position: number,
  limit: number,
): Promise<readonly PlacedEvent[]> {
  return tx.all(selectAfter, position, limit);
}

export async function moveConsumer(
  tx: WriteTransaction,
  name: string,
  position: number,
): Promise<void> {
  await tx.run(moveCursor, position, name);
}

const removeRead = statement<[limit: number]>(
  `delete from outbox where id in (
     select id from outbox
      where position <= (select coalesce(min(position), 9007199254740991) from outbox_consumer)
      order by position limit ?)`,
);

export async function removeReadEvents(tx: WriteTransaction, limit: number): Promise<number> {
  return tx.run(removeRead, limit);
}
