import type { WriteTransaction } from '#platform/db';
import type { ChangesToTake, RefChange, SourceId } from '#sources';
import type { BuiltRef } from '../lifecycle/build.ts';
import { rememberDiscarded } from './discarded-ref-store.ts';
import { loadPlan, type PlanLoadingParts } from './load-plan.ts';
import { noMatch, type Plan, type PlannedRule, planRule } from './plan-ref.ts';
import { listPlannedRepositories, putPushPlan } from './push-plan-store.ts';
import { PushProgress } from './push-progress.ts';
import { StepBudget } from './step-budget.ts';
import { insertVerdicts, type Verdict } from './verdict-store.ts';

/** One step of planning a push: as much of it as a short transaction has room for. */
interface Step {
  readonly sourceId: SourceId;
  readonly deliveryId: number;
  readonly budget: StepBudget;
  readonly repositories: readonly Repository[];
}

/** A repository that is built from the source. */
interface Repository {
  readonly id: number;
  readonly progress: PushProgress;
  /** Loaded when its turn comes. */
  plan?: Plan | 'gone' | PlanningFailure;
}

class PlanningFailure {
  readonly text: string;
  constructor(error: unknown) {
    const reason = error instanceof Error ? error.message : String(error);
    this.text = `the rules could not be asked: ${reason}; it is tried again by itself`;
  }
}

/**
 * Plans changes for every repository that is built from the source, and rule by rule for each, until
 * the budget is spent. How far each repository came is kept in the same transaction. Gives how many of
 * the changes are planned for all.
 */
export async function planStep(
  tx: WriteTransaction,
  parts: PlanLoadingParts,
  { sourceId, deliveryId, changes }: ChangesToTake,
): Promise<number> {
  const listed = await listPlannedRepositories(tx, sourceId);
  const repositories = listed.map(({ repositoryId: id, plan }) => ({
    id,
    progress: new PushProgress(id, deliveryId, plan),
  }));
  const step = { sourceId, deliveryId, budget: new StepBudget(), repositories };
  const planned = await planChanges(tx, parts, step, changes);
  await keepProgress(tx, step);
  return planned;
}

async function planChanges(
  tx: WriteTransaction,
  parts: PlanLoadingParts,
  step: Step,
  changes: readonly RefChange[],
): Promise<number> {
  for (const [index, change] of changes.entries()) {
    for (const repository of step.repositories) {
      if (repository.progress.hasPlanned(change)) continue;
      if (step.budget.isSpent) return index;
      await planChange(tx, parts, step, { repository, change });
      if (!repository.progress.hasPlanned(change)) return index;
    }
  }
  return changes.length;
}

async function keepProgress(tx: WriteTransaction, { sourceId, repositories }: Step): Promise<void> {
  for (const { progress } of repositories) {
    if (progress.changed !== undefined) await putPushPlan(tx, sourceId, progress.changed);
  }
  await insertVerdicts(
    tx,
    repositories.flatMap(({ progress }) => progress.verdicts),
  );
}

interface Task {
  readonly repository: Repository;
  readonly change: RefChange;
}

async function planChange(
  tx: WriteTransaction,
  parts: PlanLoadingParts,
  step: Step,
  { repository, change }: Task,
): Promise<void> {
  const { progress } = repository;
  const after = progress.begin(change);
  step.budget.spend('verdict');
  if (progress.isCut) return progress.finish();
  const { type, name, seq, commit } = change;
  if (commit === undefined) {
    progress.tell(deleted(change));
    return progress.finish();
  }
  const plan = await planOf(tx, parts, step, repository);
  if (plan === 'gone') return progress.finish();
  const ref = { type, name, seq, commit };
  if (plan instanceof PlanningFailure) {
    progress.tell({ refType: type, refName: name, outcome: 'failed', text: plan.text });
    await rememberForLater(tx, parts, step, { repository, ref });
    return progress.finish();
  }
  await planRules(tx, parts, step, { repository, ref, plan, after });
}

async function planOf(
  tx: WriteTransaction,
  parts: PlanLoadingParts,
  { budget }: Step,
  repository: Repository,
): Promise<Plan | 'gone' | PlanningFailure> {
  if (repository.plan !== undefined) return repository.plan;
  budget.spend('configuration');
  try {
    repository.plan = (await loadPlan(tx, parts, repository.id)) ?? 'gone';
  } catch (error) {
    // On PostgreSQL a failure of the database ends the transaction all the same, and with it the step.
    repository.plan = new PlanningFailure(error);
    parts.logger.error({ error, repositoryId: repository.id }, 'a repository can not be planned');
  }
  return repository.plan;
}

interface RuleTask {
  readonly repository: Repository;
  readonly ref: BuiltRef;
  readonly plan: Plan;
  /** The last rule that has decided already. */
  readonly after: number;
}

/** In the order of the rules' numbers, which stays the same whatever is edited between two steps. */
async function planRules(
  tx: WriteTransaction,
  parts: PlanLoadingParts,
  step: Step,
  { repository, ref, plan, after }: RuleTask,
): Promise<void> {
  const { progress } = repository;
  const left = plan.rules.filter(({ number }) => number > after);
  for (const rule of left.toSorted((one, other) => one.number - other.number)) {
    if (step.budget.isSpent) return;
    const verdict = await decide(tx, parts, step, { repository, ref, plan, rule });
    if (verdict?.outcome === 'queue_full') {
      await rememberForLater(tx, parts, step, { repository, ref });
    }
    if (progress.isCut) return progress.finish();
  }
  if (!progress.hasMatched) progress.tell(noMatch(ref));
  progress.finish();
}

async function decide(
  tx: WriteTransaction,
  parts: PlanLoadingParts,
  { budget }: Step,
  { repository, ref, plan, rule }: Omit<RuleTask, 'after'> & { readonly rule: PlannedRule },
): Promise<Verdict | undefined> {
  const { progress } = repository;
  const limits = { builds: parts.limits.perPush(plan.place.namespaceId) };
  budget.spendOnMatch(rule, ref.name);
  const mayBuild = () => progress.mayBuild(limits);
  const verdict = await planRule(tx, parts, plan, { rule, ref, mayBuild });
  if (verdict !== undefined) budget.spend(verdict.buildId === undefined ? 'verdict' : 'build');
  progress.decided(rule.number, verdict, limits);
  return verdict;
}

function rememberForLater(
  tx: WriteTransaction,
  { clock }: PlanLoadingParts,
  { sourceId, deliveryId }: Step,
  { repository, ref }: Pick<RuleTask, 'repository' | 'ref'>,
): Promise<void> {
  const { type, name } = ref;
  const waiting = { repositoryId: repository.id, sourceId, ref: { type, name }, deliveryId };
  return rememberDiscarded(tx, waiting, clock.now());
}

function deleted({ type, name }: RefChange): Verdict {
  const text = `${type} ${name} was deleted, which builds nothing`;
  return { refType: type, refName: name, outcome: 'deleted', text };
}
