import type { ReadTransaction, WriteTransaction } from '#platform/db';
import { paged } from '#platform/schedule';
import type { ChangesToTake, KnownRef, RefChange, RefListener } from '#sources';
import type { BuildsParts } from '../builds-options.ts';
import type { BuildConfiguration } from '../configurations/configuration.ts';
import {
  findConfiguration,
  listConfigurationsOfSource,
} from '../configurations/configuration-store.ts';
import { queuePlaceOf } from '../lifecycle/queue-place.ts';
import { readRules } from '../rules/parse-rules.ts';
import {
  type DiscardedRef,
  listDiscarded,
  rememberDiscarded,
  takeDiscarded,
  type WaitingRef,
} from './discarded-ref-store.ts';
import { findFullLimit, type Plan, planRef } from './plan-ref.ts';
import { insertVerdict, type Verdict } from './verdict-store.ts';

/** Decides what pushes build, once and for all, with a verdict for each rule. */
export interface Planner extends RefListener {
  /**
   * Refs that a full queue refused and that may be planned now, the longest waiting first. Those whose
   * queue is still full are left out: they would keep others from their turn.
   */
  listDiscarded(): AsyncIterable<DiscardedRef>;

  /** Plans the ref's newest head, if there is room now. Several servers may do it at once. */
  planDiscarded(discarded: DiscardedRef): Promise<void>;
}

type PlannerParts = Pick<
  BuildsParts,
  'database' | 'queue' | 'clock' | 'limits' | 'events' | 'sources'
>;

const discardedPerPage = 50;
/** A transaction ends with the change that brings it to so many: each may be a build to be queued. */
const verdictsAtOnce = 30;

export function createPlanner(parts: PlannerParts): Planner {
  return {
    async takeUp(tx, step) {
      const plans: Plan[] = [];
      for (const configuration of await listConfigurationsOfSource(tx, step.sourceId)) {
        plans.push(await planOf(tx, parts, configuration));
      }
      return planSome(tx, parts, plans, step);
    },
    listDiscarded: () => listWithRoom(parts),
    async planDiscarded(discarded) {
      const head = await parts.sources.findRef(discarded.sourceId, discarded.ref);
      await parts.database.transact((tx) => planAgain(tx, parts, discarded, head));
    },
  };
}

async function* listWithRoom(parts: PlannerParts): AsyncGenerator<DiscardedRef, void> {
  const { database } = parts;
  const rooms = new Map<number, boolean>();
  const discarded = paged<WaitingRef>((last) =>
    database.read((tx) => listDiscarded(tx, last, discardedPerPage)),
  );
  for await (const ref of discarded) {
    const { repositoryId } = ref;
    const hasRoom =
      rooms.get(repositoryId) ?? (await database.read((tx) => mayQueue(tx, parts, repositoryId)));
    rooms.set(repositoryId, hasRoom);
    if (hasRoom) yield ref;
  }
}

/** As far as can be told without keeping others from queueing. */
async function mayQueue(
  tx: ReadTransaction,
  { queue, limits }: PlannerParts,
  repositoryId: number,
): Promise<boolean> {
  const { namespaceId, group } = await queuePlaceOf(tx, repositoryId);
  const pending = (await queue.group(tx, group))?.pending ?? 0;
  return pending < limits.pending(namespaceId);
}

async function planOf(
  tx: WriteTransaction,
  { clock }: PlannerParts,
  configuration: BuildConfiguration,
): Promise<Plan> {
  const place = await queuePlaceOf(tx, configuration.repositoryId);
  const rules = readRules(configuration.rules);
  return { configuration, place, rules, cause: 'delivery', now: clock.now() };
}

/** Gives how many of the changes it has planned. */
async function planSome(
  tx: WriteTransaction,
  parts: PlannerParts,
  plans: readonly Plan[],
  { deliveryId, changes }: ChangesToTake,
): Promise<number> {
  let verdicts = 0;
  for (const [index, change] of changes.entries()) {
    for (const plan of plans) {
      verdicts += await planAndKeep(tx, parts, plan, { deliveryId, change });
    }
    if (verdicts >= verdictsAtOnce) return index + 1;
  }
  return changes.length;
}

/** Gives how many verdicts there are. */
async function planAndKeep(
  tx: WriteTransaction,
  parts: PlannerParts,
  plan: Plan,
  { deliveryId, change }: Omit<PlannedChange, 'verdicts'>,
): Promise<number> {
  const verdicts = await planChange(tx, parts, plan, change);
  await keepVerdicts(tx, plan, { deliveryId, change, verdicts });
  return verdicts.length;
}

async function planChange(
  tx: WriteTransaction,
  parts: PlannerParts,
  plan: Plan,
  change: RefChange,
): Promise<readonly Verdict[]> {
  const { type, name, seq, commit } = change;
  if (commit !== undefined) return planRef(tx, parts, plan, { type, name, seq, commit });
  const text = `${type} ${name} was deleted, which builds nothing`;
  return [{ refType: type, refName: name, outcome: 'deleted', text }];
}

interface PlannedChange {
  readonly deliveryId: number;
  readonly change: RefChange;
  readonly verdicts: readonly Verdict[];
}

async function keepVerdicts(
  tx: WriteTransaction,
  { configuration, now }: Plan,
  { deliveryId, change, verdicts }: PlannedChange,
): Promise<void> {
  const { repositoryId, sourceId } = configuration;
  for (const verdict of verdicts) {
    await insertVerdict(tx, { deliveryId, repositoryId, seq: change.seq }, verdict);
  }
  if (!verdicts.some(({ outcome }) => outcome === 'queue_full')) return;
  const ref = { type: change.type, name: change.name };
  await rememberDiscarded(tx, { repositoryId, sourceId, ref, deliveryId }, now);
}

/** Leaves the ref where it is, without new verdicts, while the queue is still full. */
async function planAgain(
  tx: WriteTransaction,
  parts: PlannerParts,
  discarded: DiscardedRef,
  head: KnownRef | undefined,
): Promise<void> {
  const configuration = await findConfiguration(tx, discarded.repositoryId);
  const isGone = configuration === undefined || head === undefined;
  if (isGone || configuration.sourceId !== discarded.sourceId) {
    await takeDiscarded(tx, discarded);
    return;
  }
  const plan = await planOf(tx, parts, configuration);
  if ((await findFullLimit(tx, parts, plan.place)) !== undefined) return;
  if (!(await takeDiscarded(tx, discarded))) return;
  const verdicts = await planRef(tx, parts, plan, head);
  await keepVerdicts(tx, plan, { deliveryId: discarded.deliveryId, change: head, verdicts });
}
