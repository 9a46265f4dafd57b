import type { Selectable } from 'kysely';
import type { DeliveryCause, DeliveryState } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import type { Delivery, RefChange, SourceId } from './ref-changes.ts';
import { firstChanges } from './ref-log-store.ts';
import type { DeliveryTable, SourcesTables } from './sources-tables.ts';

/** Causes that are our own: we look though nobody told us anything. */
const ownCauses: readonly DeliveryCause[] = ['timer', 'start'];

export function isOwnCause(cause: DeliveryCause): boolean {
  return ownCauses.includes(cause);
}

export type NewDelivery = Pick<Delivery, 'sourceId' | 'cause' | 'receivedAt'> & {
  readonly pushedBy?: string | undefined;
};

/** Keeps a delivery that is to be looked into. */
export async function insertDelivery(
  tx: WriteTransaction,
  { sourceId, cause, pushedBy, receivedAt }: NewDelivery,
): Promise<number> {
  const { id } = await tx
    .tables<SourcesTables>()
    .insertInto('delivery')
    .values({
      source_id: sourceId,
      cause,
      pushed_by: pushedBy ?? null,
      received_at: receivedAt,
      state: 'received',
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** A delivery that is not done. */
export interface OpenDelivery {
  readonly id: number;
  readonly cause: DeliveryCause;
  readonly state: DeliveryState;
}

/** In the order in which they came. */
export async function listOpenDeliveries(
  tx: ReadTransaction,
  sourceId: SourceId,
): Promise<readonly OpenDelivery[]> {
  return tx
    .tables<SourcesTables>()
    .selectFrom('delivery')
    .select(['id', 'cause', 'state'])
    .where('source_id', '=', sourceId)
    .where('state', '<>', 'done')
    .orderBy('id')
    .execute();
}

/** Where a delivery stands; `undefined` for one that was our own and found nothing. */
export async function findStanding(
  tx: ReadTransaction,
  id: number,
): Promise<{ readonly state: DeliveryState; readonly error: string | null } | undefined> {
  return tx
    .tables<SourcesTables>()
    .selectFrom('delivery')
    .select(['state', 'error'])
    .where('id', '=', id)
    .executeTakeFirst();
}

/** What was looked into is recorded; looks of our own that found nothing are forgotten. */
export async function closeReceived(
  tx: WriteTransaction,
  received: readonly OpenDelivery[],
): Promise<void> {
  const own = received.filter(({ cause }) => isOwnCause(cause)).map(({ id }) => id);
  const forgotten = await withoutChanges(tx, own);
  const kept = received.map(({ id }) => id).filter((id) => !forgotten.includes(id));
  const tables = tx.tables<SourcesTables>();
  if (forgotten.length > 0) {
    await tables.deleteFrom('delivery').where('id', 'in', forgotten).execute();
  }
  if (kept.length === 0) return;
  await tables
    .updateTable('delivery')
    .set({ state: 'recorded', error: null })
    .where('id', 'in', kept)
    .execute();
}

async function withoutChanges(
  tx: WriteTransaction,
  ids: readonly number[],
): Promise<readonly number[]> {
  if (ids.length === 0) return [];
  const rows = await tx
    .tables<SourcesTables>()
    .selectFrom('ref_log')
    .select('delivery_id')
    .distinct()
    .where('delivery_id', 'in', ids)
    .execute();
  const changed = rows.map((row) => row.delivery_id);
  return ids.filter((id) => !changed.includes(id));
}

/** All that is recorded of the source has been taken up. */
export async function closeRecorded(tx: WriteTransaction, sourceId: SourceId): Promise<void> {
  await tx
    .tables<SourcesTables>()
    .updateTable('delivery')
    .set({ state: 'done', error: null })
    .where('source_id', '=', sourceId)
    .where('state', '=', 'recorded')
    .execute();
}

/** Leaves those alone that are done. */
export async function keepError(
  tx: WriteTransaction,
  ids: readonly number[],
  error: string,
): Promise<void> {
  await tx
    .tables<SourcesTables>()
    .updateTable('delivery')
    .set({ error })
    .where('id', 'in', ids)
    .where('state', '<>', 'done')
    .execute();
}

export interface DeliveryPage {
  /** Begin with the delivery before this one. */
  readonly before?: number | undefined;
  readonly limit: number;
  /** How many of its changes each lists at most, 100 by default: a push may move any number of refs. */
  readonly changesOfEach?: number;
}

const usualChanges = 100;

/** The newest first, without looks of our own that have found nothing so far. */
export async function listDeliveries(
  tx: ReadTransaction,
  sourceId: SourceId,
  page: DeliveryPage,
): Promise<readonly Delivery[]> {
  let query = tx
    .tables<SourcesTables>()
    .selectFrom('delivery')
    .selectAll()
    .where('source_id', '=', sourceId)
    .where((row) => row.or([row('state', '<>', 'received'), row('cause', 'not in', ownCauses)]))
    .orderBy('id', 'desc')
    .limit(page.limit);
  if (page.before !== undefined) query = query.where('id', '<', page.before);
  const rows = await query.execute();
  const deliveries: Delivery[] = [];
  for (const row of rows) {
    deliveries.push(
      toDelivery(row, await firstChanges(tx, row.id, page.changesOfEach ?? usualChanges)),
    );
  }
  return deliveries;
}

function toDelivery(row: Selectable<DeliveryTable>, changes: readonly RefChange[]): Delivery {
  return {
    id: row.id,
    sourceId: row.source_id,
    cause: row.cause,
    ...(row.pushed_by === null ? {} : { pushedBy: row.pushed_by }),
    receivedAt: row.received_at,
    state: row.state,
    ...(row.error === null ? {} : { error: row.error }),
    changes,
  };
}
