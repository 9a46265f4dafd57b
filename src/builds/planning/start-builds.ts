import { nameOf, type Principal } from '#access';
import type { RepositoryName } from '#kernel';
import type { WriteTransaction } from '#platform/db';
import { requireRepository } from '#repositories';
import { requireSource, type Source } from '#sources';
import { buildsErrors } from '../builds-errors.ts';
import type { BuildsParts } from '../builds-options.ts';
import type { BuildConfiguration } from '../configurations/configuration.ts';
import { requireConfiguration } from '../configurations/require-configuration.ts';
import type { BuiltRef } from '../lifecycle/build.ts';
import { queuePlaceOf } from '../lifecycle/queue-place.ts';
import type { RefName } from '../rules/build-rule.ts';
import { readRules } from '../rules/parse-rules.ts';
import { type Plan, planRef } from './plan-ref.ts';
import type { Verdict } from './verdict-store.ts';

export interface StartRequest {
  /** Absent: the newest commit of each rule that names one branch or tag. */
  readonly ref?: RefName | undefined;
  /** `save`: a configuration was saved and is to be tried at once. */
  readonly cause: 'manual' | 'save';
}

export interface StartedBuilds {
  readonly builds: readonly number[];
  /** What did not start, and why. */
  readonly notes: readonly string[];
}

type StartParts = Pick<
  BuildsParts,
  'database' | 'queue' | 'clock' | 'limits' | 'events' | 'sources'
>;

interface Request extends StartRequest {
  readonly principal: Principal;
  readonly name: RepositoryName;
}

/**
 * Builds what somebody asks for, whatever the rules' autobuild says. Throws
 * `CONFIGURATION_UNKNOWN`, `REF_UNKNOWN` when the source has no such ref, and `QUEUE_FULL` when
 * nothing could be queued.
 */
export async function startBuilds(parts: StartParts, request: Request): Promise<StartedBuilds> {
  const { principal, name } = request;
  const { configuration, source } = await parts.database.read(async (tx) => {
    const repository = await requireRepository(tx, principal, { name }, 'startBuild');
    const configuration = await requireConfiguration(tx, repository);
    return { configuration, source: await requireSource(tx, configuration.sourceId) };
  });
  const tasks =
    request.ref === undefined
      ? await literalTasks(parts, configuration)
      : await refTasks(parts, configuration, { source, ref: request.ref });
  const verdicts = await parts.database.transact((tx) =>
    planTasks(tx, parts, { configuration, source, request, tasks }),
  );
  return summarize(verdicts);
}

/** A ref and the rules that are to decide about it. */
interface StartTask {
  readonly ref: RefName;
  /** Absent: the source has no such ref. */
  readonly head?: BuiltRef | undefined;
  readonly rules: Plan['rules'];
}

async function literalTasks(
  { sources }: StartParts,
  { rules, sourceId }: BuildConfiguration,
): Promise<readonly StartTask[]> {
  const tasks: StartTask[] = [];
  for (const rule of readRules(rules)) {
    if ('problem' in rule || rule.pattern.kind !== 'name') continue;
    const ref = { type: rule.text.sourceType, name: rule.text.source };
    tasks.push({ ref, head: await sources.findRef(sourceId, ref), rules: [rule] });
  }
  return tasks;
}

async function refTasks(
  { sources }: StartParts,
  { rules }: BuildConfiguration,
  { source, ref }: { readonly source: Source; readonly ref: RefName },
): Promise<readonly StartTask[]> {
  const head = await sources.findRef(source.id, ref);
  if (head !== undefined) return [{ ref, head, rules: readRules(rules) }];
  throw buildsErrors.fail(
    'REF_UNKNOWN',
    `${source.name} has no ${ref.type} ${ref.name}; push it first`,
    { detail: { field: 'ref' } },
  );
}

interface Start {
  readonly configuration: BuildConfiguration;
  readonly source: Source;
  readonly request: Request;
  readonly tasks: readonly StartTask[];
}

async function planTasks(
  tx: WriteTransaction,
  parts: StartParts,
  { configuration, source, request, tasks }: Start,
): Promise<readonly (Verdict | string)[]> {
  const { cause, principal } = request;
  const startedBy = nameOf(principal);
  const place = await queuePlaceOf(tx, configuration.repositoryId);
  const now = parts.clock.now();
  const results: (Verdict | string)[] = [];
  for (const { ref, head, rules } of tasks) {
    const plan: Plan = { configuration, place, rules, cause, startedBy, now };
    if (head !== undefined) results.push(...(await planRef(tx, parts, plan, head)));
    else results.push(`${source.name} has no ${ref.type} ${ref.name}`);
  }
  return results;
}

function summarize(results: readonly (Verdict | string)[]): StartedBuilds {
  const verdicts = results.filter((result) => typeof result !== 'string');
  const builds = verdicts.flatMap(({ buildId }) => (buildId === undefined ? [] : [buildId]));
  const full = verdicts.find(({ outcome }) => outcome === 'queue_full');
  if (builds.length === 0 && full !== undefined) {
    throw buildsErrors.fail('QUEUE_FULL', `${full.text}; cancel some or wait`);
  }
  const notes = results.flatMap((result) => {
    if (typeof result === 'string') return [result];
    return result.buildId === undefined ? [result.text] : [];
  });
  if (results.length === 0)
    return { builds, notes: ['no rule names one branch or tag; say which ref to build'] };
  return { builds, notes };
}
