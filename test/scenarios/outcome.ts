import { type BuildReport, buildOperations, repositoryOperations } from '#protocol';
import { repository, type Scene, showBuild } from './scene.ts';

/** What a scenario led to, in words that can be compared. */
export interface Outcome {
  /** In the order of their numbers, from 1 on. */
  readonly builds: readonly BuildOutcome[];
  /** The text of each verdict, oldest first. */
  readonly verdicts: readonly string[];
  /** Which build each tag is of. */
  readonly tags: Readonly<Record<string, number>>;
}

export interface BuildOutcome {
  readonly state: string;
  readonly reason: string | undefined;
  readonly message: string | undefined;
  readonly tags: readonly string[];
  /** How each attempt ended. */
  readonly attempts: readonly string[];
  /** The phases of the newest attempt: `build`, `test 1` where the exit code was 1. */
  readonly phases: readonly string[];
  /** What became of each tag that the newest attempt pushed. */
  readonly published: readonly string[];
  /** The newest attempt's lines. */
  readonly log: readonly string[];
}

export async function readOutcome(scene: Scene): Promise<Outcome> {
  const reports = await readBuilds(scene);
  const builds = [];
  for (const report of reports) builds.push(await describeBuild(scene, report));
  return { builds, verdicts: await readVerdicts(scene), tags: await readTags(scene, reports) };
}

async function readBuilds(scene: Scene): Promise<readonly BuildReport[]> {
  const { items } = await scene.client.call(buildOperations.list, { params: repository });
  const ids = items.map(({ id }) => id).toSorted((a, b) => a - b);
  return Promise.all(ids.map((id) => showBuild(scene, id)));
}

async function describeBuild({ client }: Scene, report: BuildReport): Promise<BuildOutcome> {
  const { id, state, reason, message, tags, attemptList } = report;
  const newest = attemptList.at(-1);
  const log = newest === undefined ? '' : await client.readRawLog(id);
  return {
    state,
    reason,
    message,
    tags,
    attempts: attemptList.map((attempt) => attempt.state),
    phases: (newest?.phases ?? []).map(({ name, exitCode = 0 }) =>
      exitCode === 0 ? name : `${name} ${exitCode}`,
    ),
    published: (newest?.published ?? []).map(({ tag, outcome }) => `${tag} ${outcome}`),
    log: log.split('\n').slice(0, -1),
  };
}

async function readVerdicts({ client }: Scene): Promise<readonly string[]> {
  const { items } = await client.call(buildOperations.deliveries, { params: repository });
  return items.toReversed().flatMap(({ verdicts }) => verdicts.map(({ text }) => text));
}

async function readTags(
  { client }: Scene,
  reports: readonly BuildReport[],
): Promise<Record<string, number>> {
  const { items } = await client.call(repositoryOperations.listTags, { params: repository });
  return Object.fromEntries(items.map(({ tag, digest }) => [tag, builderOf(digest, reports)]));
}

/** Every image of the fake executor is unlike any other, so its digest tells the build. */
function builderOf(digest: string, reports: readonly BuildReport[]): number {
  const made = reports.find(({ attemptList }) =>
    attemptList.some(({ published }) => published.some((image) => image.digest === digest)),
  );
  return made?.id ?? 0;
}
