import type { Selectable } from 'kysely';
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

/**
 * Those of a delivery in the order in which they were reached, `most` at most: where there are more,
 * builds and limits are among them before those that say that no rule matches. A push has a bounded
 * number of them, so that sorting is bounded too.
 */
export async function firstVerdicts(
  tx: ReadTransaction,
  { repositoryId, deliveryId }: Omit<VerdictPlace, 'seq'>,
  most: number,
): Promise<{ readonly verdicts: readonly Verdict[]; readonly isCut: boolean }> {
  const rows = await tx
    .tables<BuildsTables>()
    .selectFrom('verdict')
    .selectAll()
    .where('delivery_id', '=', deliveryId)
    .where('repository_id', '=', repositoryId)
    .orderBy((row) => row.case().when('outcome', '=', 'no_match').then(1).else(0).end())
    .orderBy('id')
    .limit(most + 1)
    .execute();
  const inOrder = rows.slice(0, most).toSorted((left, right) => left.id - right.id);
  return { verdicts: inOrder.map(toVerdict), isCut: rows.length > most };
}

function toVerdict(row: Selectable<BuildsTables['verdict']>): Verdict {
  return {
    refType: row.ref_type,
    refName: row.ref_name,
    outcome: row.outcome,
    text: row.text,
    ...optionalField('rule', row.rule_number),
    ...optionalField('buildId', row.build_id),
  };
}
