import type { Instant } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import type { SourceId } from '#sources';
import type { BuildsTables } from '../builds-tables.ts';
import type { RefName } from '../rules/build-rule.ts';

/** A ref whose build a full queue refused. */
export interface DiscardedRef {
  readonly repositoryId: number;
  readonly sourceId: SourceId;
  readonly ref: RefName;
  /** The newest delivery that was refused: where the verdict will stand. */
  readonly deliveryId: number;
}

export async function rememberDiscarded(
  tx: WriteTransaction,
  { repositoryId, sourceId, ref, deliveryId }: DiscardedRef,
  now: Instant,
): Promise<void> {
  await tx
    .tables<BuildsTables>()
    .insertInto('discarded_ref')
    .values({
      repository_id: repositoryId,
      ref_type: ref.type,
      ref_name: ref.name,
      source_id: sourceId,
      delivery_id: deliveryId,
      discarded_at: now,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['repository_id', 'ref_type', 'ref_name'])
        .doUpdateSet({ source_id: sourceId, delivery_id: deliveryId }),
    )
    .execute();
}

/** One that waits, and since when. */
export interface WaitingRef extends DiscardedRef {
  readonly discardedAt: Instant;
}

/** The repository with the next larger id that has refs which wait. */
export async function nextWaitingRepository(
  tx: ReadTransaction,
  after: number,
): Promise<number | undefined> {
  const row = await tx
    .tables<BuildsTables>()
    .selectFrom('discarded_ref')
    .select('repository_id')
    .where('repository_id', '>', after)
    .orderBy('repository_id')
    .limit(1)
    .executeTakeFirst();
  return row?.repository_id;
}

export interface WaitingPage {
  readonly repositoryId: number;
  readonly last: WaitingRef | undefined;
  readonly limit: number;
}

/** Those of one repository, the longest waiting first, after the one that is given. */
export async function listDiscarded(
  tx: ReadTransaction,
  { repositoryId, last, limit }: WaitingPage,
): Promise<readonly WaitingRef[]> {
  const waiting = tx
    .tables<BuildsTables>()
    .selectFrom('discarded_ref')
    .selectAll()
    .where('repository_id', '=', repositoryId)
    .orderBy('discarded_at')
    .orderBy('ref_type')
    .orderBy('ref_name')
    .limit(limit);
  const later =
    last &&
    waiting.where((eb) =>
      eb(
        eb.refTuple('discarded_at', 'ref_type', 'ref_name'),
        '>',
        eb.tuple(last.discardedAt, last.ref.type, last.ref.name),
      ),
    );
  const rows = await (later ?? waiting).execute();
  return rows.map((row) => ({
    discardedAt: row.discarded_at,
    repositoryId: row.repository_id,
    sourceId: row.source_id,
    ref: { type: row.ref_type, name: row.ref_name },
    deliveryId: row.delivery_id,
  }));
}

/** `false` when another server took it, or a newer delivery was refused since. */
export async function takeDiscarded(
  tx: WriteTransaction,
  { repositoryId, ref, deliveryId }: DiscardedRef,
): Promise<boolean> {
  const result = await tx
    .tables<BuildsTables>()
    .deleteFrom('discarded_ref')
    .where('repository_id', '=', repositoryId)
    .where('ref_type', '=', ref.type)
    .where('ref_name', '=', ref.name)
    .where('delivery_id', '=', deliveryId)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}
