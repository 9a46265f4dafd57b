import { namespaceOf } from '#kernel';
import type { ReadTransaction } from '#platform/db';
import { countAttempts, listAttempts } from '../attempts/attempt-store.ts';
import { listPhases, type Phase } from '../attempts/phase-store.ts';
import { listPublishedTags } from '../attempts/published-tag-store.ts';
import type { BuildsParts } from '../builds-options.ts';
import type { TagOutcome } from '../image-publisher.ts';
import type { Attempt, Build } from '../lifecycle/build.ts';
import { type BuildPage, findBuild, listBuilds } from '../lifecycle/build-store.ts';
import type { Verdict } from '../planning/verdict.ts';
import { listVerdicts } from '../planning/verdict-store.ts';

export interface AttemptReport extends Attempt {
  readonly phases: readonly Phase[];
  readonly published: readonly TagOutcome[];
}

export interface BuildReport extends Build {
  /** The first attempt first. */
  readonly attempts: readonly AttemptReport[];
  /** Of a pending build. */
  readonly waiting?: Waiting;
}

export interface Waiting {
  /** 1: it is the next of its namespace, unless another repository's turn comes first. */
  readonly position: number;
  /** What it waits for, for people. */
  readonly reason: string;
}

/** What was built, and why not. Who may see it is asked at the edge. */
export interface History {
  /** The newest first. */
  list(page: BuildPage): Promise<readonly Build[]>;
  /** How many attempts builds have had, by build; those without any are left out. */
  attemptCounts(buildIds: readonly number[]): Promise<ReadonlyMap<number, number>>;
  find(buildId: number): Promise<Build | undefined>;
  /** With attempts, phases, published tags, and what a pending build waits for. */
  report(buildId: number): Promise<BuildReport | undefined>;
  /** What the rules of a repository said about deliveries, by delivery. */
  verdicts(
    repositoryId: number,
    deliveryIds: readonly number[],
  ): Promise<ReadonlyMap<number, readonly Verdict[]>>;
}

type HistoryParts = Pick<BuildsParts, 'database' | 'queue'>;

export function createHistory({ database, queue }: HistoryParts): History {
  return {
    list: (page) => database.read((tx) => listBuilds(tx, page)),
    attemptCounts: (buildIds) => database.read((tx) => countAttempts(tx, buildIds)),
    find: (buildId) => database.read((tx) => findBuild(tx, buildId)),
    report: (buildId) => database.read((tx) => readReport(tx, queue, buildId)),
    verdicts: (repositoryId, deliveryIds) =>
      database.read((tx) => listVerdicts(tx, repositoryId, deliveryIds)),
  };
}

async function readReport(
  tx: ReadTransaction,
  queue: HistoryParts['queue'],
  buildId: number,
): Promise<BuildReport | undefined> {
  const build = await findBuild(tx, buildId);
  if (build === undefined) return undefined;
  const attempts = await listAttempts(tx, buildId);
  const ids = attempts.map(({ id }) => id);
  const phases = await listPhases(tx, ids);
  const published = await listPublishedTags(tx, ids);
  const reports = attempts.map((attempt) => ({
    ...attempt,
    phases: phases.get(attempt.id) ?? [],
    published: published.get(attempt.id) ?? [],
  }));
  if (build.state !== 'pending') return { ...build, attempts: reports };
  return { ...build, attempts: reports, waiting: await describeWaiting(tx, queue, build) };
}

async function describeWaiting(
  tx: ReadTransaction,
  queue: HistoryParts['queue'],
  { jobId, repositoryName }: Build,
): Promise<Waiting> {
  const namespace = namespaceOf(repositoryName);
  const group = await queue.group(tx, namespace);
  const position = 1 + (await queue.countBefore(tx, namespace, jobId));
  const isFull = group !== undefined && group.running >= group.concurrency;
  const reason = isFull
    ? `namespace ${namespace} runs ${group.running} of ${group.concurrency} builds`
    : 'waiting for a builder';
  return { position, reason };
}
