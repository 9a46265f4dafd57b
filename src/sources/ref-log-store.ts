import type { Instant, RefType } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import type { PointedRef } from './provider.ts';
import type { RefChange, SourceId } from './ref-changes.ts';
import type { FormerRef, FoundChange } from './ref-diff.ts';
import type { SourcesTables } from './sources-tables.ts';

type AnyTransaction = ReadTransaction | WriteTransaction;

/** Where a ref points, and the place in the ref log where we learned it. */
export interface KnownRef extends PointedRef {
  readonly seq: number;
}

/** Keeps statements below the number of parameters that databases take, and transactions short. */
export const changesPerStatement = 200;

export async function listRefs(
  tx: AnyTransaction,
  sourceId: SourceId,
): Promise<readonly KnownRef[]> {
  const rows = await selectRefs(tx, sourceId).orderBy('ref_type').orderBy('ref_name').execute();
  return rows.map(toKnownRef);
}

/** Where a page of refs begins: behind this one. */
export type RefPlace = Pick<PointedRef, 'type' | 'name'>;

/** A part of the refs as they were when we looked last, in the order of type and name. */
export async function listFormerRefs(
  tx: ReadTransaction,
  sourceId: SourceId,
  { after, limit }: { readonly after: RefPlace | undefined; readonly limit: number },
): Promise<readonly FormerRef[]> {
  let query = selectRefs(tx, sourceId)
    .select('was_deleted')
    .orderBy('ref_type')
    .orderBy('ref_name');
  if (after !== undefined) {
    query = query.where((row) =>
      row.or([
        row('ref_type', '>', after.type),
        row.and([row('ref_type', '=', after.type), row('ref_name', '>', after.name)]),
      ]),
    );
  }
  const rows = await query.limit(limit).execute();
  return rows.map((row) => ({
    type: row.ref_type,
    name: row.ref_name,
    commit: row.commit_id,
    wasDeleted: row.was_deleted === 1,
  }));
}

/** The next look tells that they were gone for a while, though it finds them again. */
export async function markDeleted(
  tx: WriteTransaction,
  sourceId: SourceId,
  refs: readonly RefPlace[],
): Promise<void> {
  for (const { type, name } of refs) {
    await tx
      .tables<SourcesTables>()
      .updateTable('source_ref')
      .set({ was_deleted: 1 })
      .where('source_id', '=', sourceId)
      .where('ref_type', '=', type)
      .where('ref_name', '=', name)
      .execute();
  }
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

export interface RecordedPart {
  readonly sourceId: SourceId;
  /** What told us to look. */
  readonly deliveryId: number;
  readonly observedAt: Instant;
  /** At most `changesPerStatement` of them. */
  readonly found: readonly FoundChange[];
}

/** Appends changes to the ref log in the order given, and makes the known refs what they lead to. */
export async function recordChanges(
  tx: WriteTransaction,
  { sourceId, deliveryId, observedAt, found }: RecordedPart,
): Promise<void> {
  if (found.length === 0) return;
  const rows = await tx
    .tables<SourcesTables>()
    .insertInto('ref_log')
    .values(
      found.map(({ type, name, commit }) => ({
        source_id: sourceId,
        delivery_id: deliveryId,
        ref_type: type,
        ref_name: name,
        commit_id: commit ?? null,
        observed_at: observedAt,
      })),
    )
    .returning(['seq', 'ref_type', 'ref_name', 'commit_id'])
    .execute();
  const changes = rows.map(toChange);
  await forgetRefs(tx, sourceId, changes);
  await rememberRefs(tx, sourceId, changes);
}

/** A change of the ref log, and what told us to look. */
export interface LoggedChange extends RefChange {
  readonly deliveryId: number;
}

/** A source's changes behind a place in the ref log, in their order. */
export async function listChangesAfter(
  tx: AnyTransaction,
  sourceId: SourceId,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly LoggedChange[]> {
  const rows = await tx
    .tables<SourcesTables>()
    .selectFrom('ref_log')
    .select(['delivery_id', 'seq', 'ref_type', 'ref_name', 'commit_id'])
    .where('source_id', '=', sourceId)
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...toChange(row), deliveryId: row.delivery_id }));
}

/** Whether the ref was gone for a while behind that place in the ref log. */
export async function wasDeletedSince(
  tx: AnyTransaction,
  sourceId: SourceId,
  { type, name, seq }: Pick<KnownRef, 'type' | 'name' | 'seq'>,
): Promise<boolean> {
  const row = await tx
    .tables<SourcesTables>()
    .selectFrom('ref_log')
    .select('seq')
    .where('source_id', '=', sourceId)
    .where('ref_type', '=', type)
    .where('ref_name', '=', name)
    .where('seq', '>', seq)
    .where('commit_id', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
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
  const place = { source_id: sourceId, was_deleted: 0 };
  const rows = changes.flatMap(({ type, name, commit, seq }) =>
    commit === undefined
      ? []
      : [{ ...place, ref_type: type, ref_name: name, commit_id: commit, seq }],
  );
  if (rows.length === 0) return;
  await tx.tables<SourcesTables>().insertInto('source_ref').values(rows).execute();
}

/** The first changes of a delivery in their order, `most` at most. */
export async function firstChanges(
  tx: ReadTransaction,
  deliveryId: number,
  most: number,
): Promise<readonly RefChange[]> {
  const rows = await tx
    .tables<SourcesTables>()
    .selectFrom('ref_log')
    .select(['seq', 'ref_type', 'ref_name', 'commit_id'])
    .where('delivery_id', '=', deliveryId)
    .orderBy('seq')
    .limit(most)
    .execute();
  return rows.map(toChange);
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
