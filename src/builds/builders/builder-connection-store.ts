import type { Instant } from '#kernel';
import { type ReadTransaction, statement, type WriteTransaction } from '#platform/db';
import type { BuildsTables } from '../builds-tables.ts';

export interface NewConnection {
  readonly builder: string;
  /** Which server holds it: opaque, for operators. */
  readonly server: string;
  readonly slots: number;
  readonly openedAt: Instant;
  readonly keyDigest: string;
}

const closeOpen = statement<[closedAt: Instant, builder: string]>(
  'update builder_connection set closed_at = ? where builder = ? and closed_at is null',
);
const insert = statement<
  [
    builder: string,
    server: string,
    slots: number,
    openedAt: Instant,
    heardAt: Instant,
    keyDigest: string,
  ],
  { id: number }
>(
  `insert into builder_connection (builder, server, slots, opened_at, heard_at, key_digest)
   values (?, ?, ?, ?, ?, ?) returning id`,
);

/** Opens a connection in the place of the one that the builder had; whoever held that learns of it. */
export async function replaceConnection(
  tx: WriteTransaction,
  { builder, server, slots, openedAt, keyDigest }: NewConnection,
): Promise<number> {
  await tx.run(closeOpen, openedAt, builder);
  const [row] = await tx.all(insert, builder, server, slots, openedAt, openedAt, keyDigest);
  if (row === undefined) throw new Error('an insert gave no row');
  return row.id;
}

const selectOpen =
  'select slots, builder from builder_connection where id = ? and closed_at is null';
const readOpen = statement<[id: number], OpenConnection>(selectOpen);
const lockOpen = statement<[id: number], OpenConnection>(`${selectOpen} for update`);

export interface OpenConnection {
  readonly slots: number;
  readonly builder: string;
}

/** The connection, as it stays until the transaction ends; `undefined` once it was closed or replaced. */
export async function holdConnection(
  tx: WriteTransaction,
  id: number,
): Promise<OpenConnection | undefined> {
  return tx.first(tx.dialect === 'postgres' ? lockOpen : readOpen, id);
}

const hear = statement<[heardAt: Instant, id: number, keyDigest: string]>(
  `update builder_connection set heard_at = ?
   where id = ? and key_digest = ? and closed_at is null`,
);

/** Notes a sign of life. `false` for another key, and once the connection was closed or replaced. */
export async function recordHeard(
  tx: WriteTransaction,
  { id, keyDigest }: { readonly id: number; readonly keyDigest: string },
  at: Instant,
): Promise<boolean> {
  return (await tx.run(hear, at, id, keyDigest)) > 0;
}

const close = statement<[closedAt: Instant, id: number]>(
  'update builder_connection set closed_at = ? where id = ? and closed_at is null',
);

export async function closeConnection(
  tx: WriteTransaction,
  id: number,
  at: Instant,
): Promise<boolean> {
  return (await tx.run(close, at, id)) > 0;
}

const closeSilent = statement<[closedAt: Instant, heardAt: Instant]>(
  'update builder_connection set closed_at = ? where closed_at is null and heard_at <= ?',
);

/** Closes the connections of builders that were last heard by then; gives how many. */
export async function closeSilentConnections(
  tx: WriteTransaction,
  { heardBy, now }: { readonly heardBy: Instant; readonly now: Instant },
): Promise<number> {
  return tx.run(closeSilent, now, heardBy);
}

const hearAll = statement<[heardAt: Instant]>(
  'update builder_connection set heard_at = ? where closed_at is null',
);

/** As if every builder had been heard now: while no server was up, none could be. */
export async function recordAllHeard(tx: WriteTransaction, at: Instant): Promise<void> {
  await tx.run(hearAll, at);
}

const deleteOld = statement<[closedAt: Instant]>(
  `delete from builder_connection where closed_at <= ? and not exists (
     select 1 from attempt where attempt.connection_id = builder_connection.id
       and attempt.settled_at is null)`,
);

/** Forgets connections that were closed by then and that no sandbox hangs on; gives how many. */
export async function deleteClosedConnections(
  tx: WriteTransaction,
  closedBy: Instant,
): Promise<number> {
  return tx.run(deleteOld, closedBy);
}

/** A running attempt whose builder has gone and has not come back. */
export interface AbandonedAttempt {
  readonly attemptId: string;
  readonly builder: string;
}

export async function listAbandoned(
  tx: ReadTransaction,
  closedBy: Instant,
): Promise<readonly AbandonedAttempt[]> {
  const rows = await tx
    .tables<BuildsTables>()
    .selectFrom('attempt')
    .innerJoin('builder_connection', 'builder_connection.id', 'attempt.connection_id')
    .select(['attempt.id', 'attempt.builder'])
    .where('attempt.state', '=', 'running')
    .where('builder_connection.closed_at', '<=', closedBy)
    .orderBy('attempt.started_at')
    .execute();
  return rows.map((row) => ({ attemptId: row.id, builder: row.builder }));
}
