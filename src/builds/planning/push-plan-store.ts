import type { WriteTransaction } from '#platform/db';
import type { SourceId } from '#sources';
import type { BuildsTables } from '../builds-tables.ts';

/** How far a repository has come with planning what was pushed to its source. */
export interface PushPlan {
  readonly repositoryId: number;
  /** The delivery that the counts are of. */
  readonly deliveryId: number;
  /** The change it came to. */
  readonly seq: number;
  /** The last rule that has decided about it; absent: all have. */
  readonly ruleNumber?: number | undefined;
  readonly hasMatched: boolean;
  /** Builds that the delivery has made, those that wait for room among them. */
  readonly builds: number;
  readonly verdicts: number;
  /** It would have made more than it may, and makes none any more. */
  readonly isCut: boolean;
}

/** A repository that is built from a source, and where its planning stands once there was a push. */
export interface PlannedRepository {
  readonly repositoryId: number;
  readonly plan?: PushPlan;
}

/** In the order of their ids. */
export async function listPlannedRepositories(
  tx: WriteTransaction,
  sourceId: SourceId,
): Promise<readonly PlannedRepository[]> {
  const tables = tx.tables<BuildsTables>();
  const built = await tables
    .selectFrom('build_configuration')
    .select('repository_id')
    .where('source_id', '=', sourceId)
    .orderBy('repository_id')
    .execute();
  const rows = await tables
    .selectFrom('push_plan')
    .selectAll()
    .where('source_id', '=', sourceId)
    .execute();
  const plans = new Map(rows.map((row) => [row.repository_id, toPushPlan(row)]));
  return built.map(({ repository_id: repositoryId }) => {
    const plan = plans.get(repositoryId);
    return plan === undefined ? { repositoryId } : { repositoryId, plan };
  });
}

export async function putPushPlan(
  tx: WriteTransaction,
  sourceId: SourceId,
  plan: PushPlan,
): Promise<void> {
  const state = {
    delivery_id: plan.deliveryId,
    seq: plan.seq,
    rule_number: plan.ruleNumber ?? null,
    has_matched: Number(plan.hasMatched),
    builds: plan.builds,
    verdicts: plan.verdicts,
    is_cut: Number(plan.isCut),
  };
  await tx
    .tables<BuildsTables>()
    .insertInto('push_plan')
    .values({ ...state, source_id: sourceId, repository_id: plan.repositoryId })
    .onConflict((conflict) => conflict.columns(['source_id', 'repository_id']).doUpdateSet(state))
    .execute();
}

function toPushPlan(row: BuildsTables['push_plan']): PushPlan {
  return {
    repositoryId: row.repository_id,
    deliveryId: row.delivery_id,
    seq: row.seq,
    ruleNumber: row.rule_number ?? undefined,
    hasMatched: row.has_matched === 1,
    builds: row.builds,
    verdicts: row.verdicts,
    isCut: row.is_cut === 1,
  };
}
