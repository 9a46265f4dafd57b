import type { RefType } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import type { PointedRef } from './provider.ts';
import type { Delivery, RefChange, SourceId } from './ref-changes.ts';
import type { FoundChange } from './ref-diff.ts';
import type { SourcesTables } from './sources-tables.ts';

type AnyTransaction = ReadTransaction | WriteTransaction;

/** Where a ref points, and the place in the ref log where we learned it. */
export interface KnownRef extends PointedRef {
  readonly seq: number;
}

/** Keeps statements below the number of parameters that databases take. */
const rowsPerStatement = 500;

export async function listRefs(
  tx: AnyTransaction,
  sourceId: SourceId,
): Promise<readonly KnownRef[]> {
  const rows = await selectRefs(tx, sourceId).orderBy('ref_type').orderBy('ref_name').execute();
  return rows.map(toKnownRef);
}

export async function findRef(
  tx: AnyTransaction,
  sourceId: SourceId,
  ref: Pick<PointedRef, 'type' | 'name'>,
): Promise<KnownRef | undefined> {
  const row = await selectRefs(tx, sourceId)
    .where('ref_type', '=', ref.type)
    .where('ref_name', '=', ref.name)
    .executeTakeFirst();
  return row && toKnownRef(row);
}

/** Keeps a delivery with its changes; they get their places in the ref log in the order given. */
export async function appendDelivery(
  tx: WriteTransaction,
  delivery: Omit<Delivery, 'id' | 'changes'>,
  found: readonly FoundChange[],
): Promise<Delivery> {
  const { id } = await tx
    .tables<SourcesTables>()
    .insertInto('delivery')
    .values({
      source_id: delivery.sourceId,
      cause: delivery.cause,
      pushed_by: delivery.pushedBy ?? null,
      received_at: delivery.receivedAt,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const changes: RefChange[] = [];
  for (const part of partsOf(found)) {
    changes.push(...(await appendChanges(tx, { ...delivery, id }, part)));
  }
  return { ...delivery, id, changes };
}

async function appendChanges(
  tx: WriteTransaction,
  delivery: Omit<Delivery, 'changes'>,
  found: readonly FoundChange[],
): Promise<readonly RefChange[]> {
  const rows = await tx
    .tables<SourcesTables>()
    .insertInto('ref_log')
    .values(
      found.map((change) => ({
        source_id: delivery.sourceId,
        delivery_id: delivery.id,
        ref_type: change.type,
        ref_name: change.name,
        commit_id: change.commit ?? null,
        observed_at: delivery.receivedAt,
      })),
    )
    .returning(['seq', 'ref_type', 'ref_name', 'commit_id'])
    .execute();
  return rows.map(toChange).toSorted((one, other) => one.seq - other.seq);
}

/** Makes the known refs those that the changes lead to. */
export async function applyChanges(
  tx: WriteTransaction,
  sourceId: SourceId,
  changes: readonly RefChange[],
): Promise<void> {
  for (const part of partsOf(changes)) {
    await forgetRefs(tx, sourceId, part);
    await rememberRefs(tx, sourceId, part);
  }
}

async function forgetRefs(
  tx: WriteTransaction,
  sourceId: SourceId,
  changes: readonly RefChange[],
): Promise<void> {
  for (const type of ['branch', 'tag'] as const) {
    const names = changes.filter((change) => change.type === type).map((change) => change.name);
    if (names.length === 0) continue;
    await tx
      .tables<SourcesTables>()
      .deleteFrom('source_ref')
      .where('source_id', '=', sourceId)
      .where('ref_type', '=', type)
      .where('ref_name', 'in', names)
      .execute();
  }
}

async function rememberRefs(
  tx: WriteTransaction,
  sourceId: SourceId,
  changes: readonly RefChange[],
): Promise<void> {
  const rows = changes.flatMap(({ type, name, commit, seq }) =>
    commit === undefined
      ? []
      : [{ source_id: sourceId, ref_type: type, ref_name: name, commit_id: commit, seq }],
  );
  if (rows.length === 0) return;
  await tx.tables<SourcesTables>().insertInto('source_ref').values(rows).execute();
}

export interface DeliveryPage {
  /** Begin with the delivery before this one. */
  readonly before?: number;
  readonly limit: number;
}

/** The newest first. */
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
    .orderBy('id', 'desc')
    .limit(page.limit);
  if (page.before !== undefined) query = query.where('id', '<', page.before);
  const rows = await query.execute();
  const changes = await changesByDelivery(
    tx,
    rows.map((row) => row.id),
  );
  return rows.map((row) => ({
    id: row.id,
    sourceId,
    cause: row.cause,
    ...(row.pushed_by === null ? {} : { pushedBy: row.pushed_by }),
    receivedAt: row.received_at,
    changes: changes.get(row.id) ?? [],
  }));
}

async function changesByDelivery(
  tx: ReadTransaction,
  deliveryIds: readonly number[],
): Promise<ReadonlyMap<number, readonly RefChange[]>> {
  if (deliveryIds.length === 0) return new Map();
  const rows = await tx
    .tables<SourcesTables>()
    .selectFrom('ref_log')
    .select(['delivery_id', 'seq', 'ref_type', 'ref_name', 'commit_id'])
    .where('delivery_id', 'in', deliveryIds)
    .orderBy('seq')
    .execute();
  const groups = Map.groupBy(rows, (row) => row.delivery_id);
  return new Map([...groups].map(([id, group]) => [id, group.map(toChange)]));
}

function selectRefs(tx: AnyTransaction, sourceId: SourceId) {
  return tx
    .tables<SourcesTables>()
    .selectFrom('source_ref')
    .select(['ref_type', 'ref_name', 'commit_id', 'seq'])
    .where('source_id', '=', sourceId);
}

interface LogRow {
  readonly seq: number;
  readonly ref_type: RefType;
  readonly ref_name: string;
  readonly commit_id: string | null;
}

function toKnownRef(row: LogRow & { readonly commit_id: string }): KnownRef {
  return { type: row.ref_type, name: row.ref_name, commit: row.commit_id, seq: row.seq };
}

function toChange(row: LogRow): RefChange {
  return {
    seq: row.seq,
    type: row.ref_type,
    name: row.ref_name,
    ...(row.commit_id === null ? {} : { commit: row.commit_id }),
  };
}

function partsOf<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const count = Math.ceil(items.length / rowsPerStatement);
  return Array.from({ length: count }, (_, part) =>
    items.slice(part * rowsPerStatement, (part + 1) * rowsPerStatement),
  );
}
