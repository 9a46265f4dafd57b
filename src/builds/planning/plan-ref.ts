import type { BuildCause, Instant, VerdictOutcome } from '#kernel';
import type { WriteTransaction } from '#platform/db';
import { wasDeletedSince } from '#sources';
import type { BuildsParts } from '../builds-options.ts';
import type { BuildConfiguration } from '../configurations/configuration.ts';
import type { BuiltRef } from '../lifecycle/build.ts';
import { findNewestOf, insertBuild } from '../lifecycle/build-store.ts';
import type { QueuePlace } from '../lifecycle/queue-place.ts';
import type { BuildRule } from '../rules/build-rule.ts';
import type { ParsedRule, UnusableRule } from '../rules/parse-rules.ts';
import { decideRule, noMatchText, type RuleDecision } from '../rules/rule-policy.ts';
import type { Verdict } from './verdict-store.ts';

export type PlanningParts = Pick<BuildsParts, 'queue' | 'limits' | 'events'>;

/** What a ref is planned for, and who wants it. */
export interface Plan {
  readonly configuration: BuildConfiguration;
  readonly place: QueuePlace;
  readonly rules: readonly PlannedRule[];
  readonly cause: BuildCause;
  readonly startedBy?: string | undefined;
  readonly now: Instant;
}

export type PlannedRule = ParsedRule<BuildRule> | UnusableRule<BuildRule>;

/**
 * Lets every rule decide about a ref and queues what it decided; gives a verdict for each rule that
 * matches, or one for all that don't. A push does not build what its rule and ref built last.
 */
export async function planRef(
  tx: WriteTransaction,
  parts: PlanningParts,
  plan: Plan,
  ref: BuiltRef,
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const rule of plan.rules) {
    const verdict = await planRule(tx, parts, plan, { rule, ref });
    if (verdict !== undefined) verdicts.push(verdict);
  }
  return verdicts.length > 0 ? verdicts : [noMatch(ref)];
}

export interface RuleOfRef {
  readonly rule: PlannedRule;
  readonly ref: BuiltRef;
  /** Absent: as many as the queue takes. */
  readonly mayBuild?: () => boolean;
}

/** As `planRef`, for one rule: `undefined` where it has nothing to do with the ref. */
export async function planRule(
  tx: WriteTransaction,
  parts: PlanningParts,
  plan: Plan,
  { rule, ref, mayBuild = () => true }: RuleOfRef,
): Promise<Verdict | undefined> {
  if ('problem' in rule) return unusable(rule, ref);
  const occasion = plan.cause === 'delivery' ? 'push' : 'manual';
  const context = { autotest: plan.configuration.autotest, occasion, now: plan.now } as const;
  const decision = decideRule(rule, ref, context);
  if (decision === undefined) return undefined;
  return carryOut(tx, parts, plan, { rule: rule.text, ref, decision, mayBuild });
}

interface RuleTask {
  readonly rule: BuildRule;
  readonly ref: BuiltRef;
  readonly decision: RuleDecision;
  readonly mayBuild: () => boolean;
}

async function carryOut(
  tx: WriteTransaction,
  parts: PlanningParts,
  plan: Plan,
  task: RuleTask,
): Promise<Verdict> {
  const { rule, ref, decision } = task;
  const say = (outcome: VerdictOutcome, text: string, buildId?: number): Verdict => ({
    refType: ref.type,
    refName: ref.name,
    rule: rule.number,
    outcome,
    text: outcome === 'queue_full' ? text : `rule ${rule.number}: ${text}`,
    ...(buildId === undefined ? {} : { buildId }),
  });
  if (decision.kind === 'off') return say('off', offText(plan.configuration, rule));
  if (decision.kind === 'invalid') {
    return say(
      'invalid_tag',
      `${rule.source}: "${decision.tag}" is no valid tag; change the rule's docker tags`,
    );
  }
  const twin = plan.cause === 'delivery' ? await findTwin(tx, plan, task) : undefined;
  if (twin !== undefined) {
    return say('duplicate', `${rule.source}: build ${twin} is of the same commit already`, twin);
  }
  if (!task.mayBuild()) return say('too_many', `${rule.source} matched`);
  const limit = await findFullLimit(tx, parts, plan.place);
  if (limit !== undefined) {
    return say('queue_full', `queue full: ${limit} builds of the namespace are waiting`);
  }
  const { kind, tags } = decision;
  const buildId = await queueBuild(tx, parts, plan, { rule, ref, tags, push: kind === 'build' });
  const text = `${rule.source} matched, build ${buildId}`;
  return say(kind, kind === 'test' ? `${text} tests and pushes nothing` : text, buildId);
}

function unusable({ text: rule, problem }: UnusableRule<BuildRule>, ref: BuiltRef): Verdict {
  const text = `rule ${rule.number}: ${rule.source} can not be used; ${problem}`;
  const { type: refType, name: refName } = ref;
  return { refType, refName, rule: rule.number, outcome: 'invalid_rule', text };
}

export function noMatch(ref: BuiltRef): Verdict {
  const { type, name } = ref;
  return { refType: type, refName: name, outcome: 'no_match', text: noMatchText(ref) };
}

function offText({ autotest }: BuildConfiguration, rule: BuildRule): string {
  if (autotest === 'off') return `${rule.source} matched, but autobuild and autotest are off`;
  return `${rule.source} matched, but autobuild is off, and git tags are not built for tests alone`;
}

/**
 * The newest build of the rule and ref, when it is of this very commit and configuration. Whoever deletes
 * a ref and pushes it again wants another build.
 */
async function findTwin(
  tx: WriteTransaction,
  { configuration }: Plan,
  { rule, ref }: Pick<RuleTask, 'rule' | 'ref'>,
): Promise<number | undefined> {
  const { repositoryId } = configuration;
  const built = { repositoryId, ruleNumber: rule.number, refName: ref.name };
  const newest = await findNewestOf(tx, built);
  if (newest?.commit !== ref.commit) return undefined;
  if (newest.configurationVersion !== configuration.version) return undefined;
  const { type, name } = ref;
  const since = { type, name, seq: newest.seq };
  return (await wasDeletedSince(tx, configuration.sourceId, since)) ? undefined : newest.id;
}

/** The limit of waiting builds, where it is reached. The queue stays as it is until the commit. */
export async function findFullLimit(
  tx: WriteTransaction,
  { queue, limits }: PlanningParts,
  { namespaceId, group }: QueuePlace,
): Promise<number | undefined> {
  const { pending } = await queue.lockGroup(tx, group, limits.concurrency(namespaceId));
  const limit = limits.pending(namespaceId);
  return pending >= limit ? limit : undefined;
}

interface Decided extends Pick<RuleTask, 'rule' | 'ref'> {
  readonly tags: readonly string[];
  readonly push: boolean;
}

async function queueBuild(
  tx: WriteTransaction,
  { queue, limits, events }: PlanningParts,
  { configuration, place, cause, startedBy, now }: Plan,
  { rule, ref, tags, push }: Decided,
): Promise<number> {
  const { repositoryId, sourceId, version } = configuration;
  const { namespaceId, group, lane } = place;
  const concurrency = limits.concurrency(namespaceId);
  const jobId = await queue.enqueue(tx, { group, lane, concurrency, availableAt: now });
  const { number: ruleNumber, ...ruleText } = rule;
  const buildId = await insertBuild(tx, {
    jobId,
    repositoryId,
    sourceId,
    configurationVersion: version,
    ruleNumber,
    rule: ruleText,
    ref,
    tags,
    push,
    cause,
    createdAt: now,
    ...(startedBy === undefined ? {} : { startedBy }),
  });
  events.publish(tx, { type: 'build-changed', buildId, repositoryId });
  events.publish(tx, { type: 'queue-changed' });
  return buildId;
}
