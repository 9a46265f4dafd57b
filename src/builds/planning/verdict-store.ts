import { optionalField, type RefType, type VerdictOutcome } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import type { BuildsTables } from '../builds-tables.ts';

/** Why a rule did or did not build for a change of a ref. */
export interface Verdict {
  readonly refType: RefType;
  readonly refName: string;
  /** The rule's number in the repository; absent where no rule is concerned. */
  readonly rule?: number;
  readonly outcome: VerdictOutcome;
  readonly text: string;
  readonly buildId?: number;
}

export interface VerdictPlace {
  readonly deliveryId: number;
  readonly repositoryId: number;
  readonly seq: number;
}

export type PlacedVerdict = VerdictPlace & { readonly verdict: Verdict };

const rowsPerStatement = 100;

/** Keeps them in the order in which they were reached. */
export async function insertVerdicts(
  tx: WriteTransaction,
  verdicts: readonly PlacedVerdict[],
): Promise<void> {
  for (let first = 0; first < verdicts.length; first += rowsPerStatement) {
    const rows = verdicts.slice(first, first + rowsPerStatement).map(toRow);
    await tx.tables<BuildsTables>().insertInto('verdict').values(rows).execute();
  }
}

function toRow({ deliveryId, repositoryId, seq, verdict }: PlacedVerdict) {
  return {
    delivery_id: deliveryId,
    repository_id: repositoryId,
    seq,
    ref_type: verdict.refType,
    ref_name: verdict.refName,
    rule_number: verdict.rule ?? null,
    outcome: verdict.outcome,
    text: verdict.text,
    build_id: verdict.buildId ?? null,
  };
}

/** By delivery, in the order in which they were reached. */
export async function listVerdicts(
  tx: ReadTransaction,
  repositoryId: number,
  deliveryIds: readonly number[],
): Promise<ReadonlyMap<number, readonly Verdict[]>> {
  if (deliveryIds.length === 0) return new Map();
  const rows = await tx
    .tables<BuildsTables>()
    .selectFrom('verdict')
    .selectAll()
    .where('delivery_id', 'in', deliveryIds)
    .where('repository_id', '=', repositoryId)
    .orderBy('id')
    .execute();
  const verdicts = rows.map((row) => ({
    deliveryId: row.delivery_id,
    verdict: {
      refType: row.ref_type,
      refName: row.ref_name,
      outcome: row.outcome,
      text: row.text,
      ...optionalField('rule', row.rule_number),
      ...optionalField('buildId', row.build_id),
    } satisfies Verdict,
  }));
  const groups = Map.groupBy(verdicts, ({ deliveryId }) => deliveryId);
  return new Map([...groups].map(([id, group]) => [id, group.map(({ verdict }) => verdict)]));
}
