import type { WriteTransaction } from '#platform/db';
import type { KnownRef, RefListener } from '#sources';
import type { BuildsParts } from '../builds-options.ts';
import { type DiscardedRef, rememberDiscarded, takeDiscarded } from './discarded-ref-store.ts';
import { loadPlan } from './load-plan.ts';
import { findFullLimit, planRef } from './plan-ref.ts';
import { planStep } from './plan-step.ts';
import { insertVerdicts } from './verdict-store.ts';
import { WaitingRefs } from './waiting-refs.ts';

/** Decides what pushes build, once and for all, with a verdict for each rule. */
export interface Planner extends RefListener {
  /** Refs that a full queue refused and that may be planned now; see `WaitingRefs`. */
  listDiscarded(): AsyncIterable<DiscardedRef>;

  /** Plans the ref's newest head, if there is room now. Several servers may do it at once. */
  planDiscarded(discarded: DiscardedRef): Promise<void>;
}

type PlannerParts = Pick<
  BuildsParts,
  'database' | 'queue' | 'clock' | 'limits' | 'events' | 'sources' | 'logger'
>;

export function createPlanner(parts: PlannerParts): Planner {
  const waiting = new WaitingRefs(parts);
  return {
    takeUp: (tx, changes) => planStep(tx, parts, changes),
    listDiscarded: () => waiting.list(),
    async planDiscarded(discarded) {
      const head = await parts.sources.findRef(discarded.sourceId, discarded.ref);
      await parts.database.transact((tx) => planAgain(tx, parts, discarded, head));
    },
  };
}

/** Leaves the ref where it is, without new verdicts, while the queue is still full. */
async function planAgain(
  tx: WriteTransaction,
  parts: PlannerParts,
  discarded: DiscardedRef,
  head: KnownRef | undefined,
): Promise<void> {
  const plan = await loadPlan(tx, parts, discarded.repositoryId);
  const isGone = plan === undefined || head === undefined;
  if (isGone || plan.configuration.sourceId !== discarded.sourceId) {
    await takeDiscarded(tx, discarded);
    return;
  }
  if ((await findFullLimit(tx, parts, plan.place)) !== undefined) return;
  if (!(await takeDiscarded(tx, discarded))) return;
  const { repositoryId, deliveryId } = discarded;
  const verdicts = await planRef(tx, parts, plan, head);
  const place = { repositoryId, deliveryId, seq: head.seq };
  await insertVerdicts(
    tx,
    verdicts.map((verdict) => ({ ...place, verdict })),
  );
  if (!verdicts.some(({ outcome }) => outcome === 'queue_full')) return;
  await rememberDiscarded(tx, discarded, plan.now);
}
