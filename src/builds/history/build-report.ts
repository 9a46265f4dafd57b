import { namespaceOf, type RepositoryName } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import type { JobQueue } from '#platform/jobs';
import { type Repository, requirePlace } from '#repositories';
import { countAttempts, listAttempts } from '../attempts/attempt-store.ts';
import { listPhases, type Phase } from '../attempts/phase-store.ts';
import { listPublishedTags } from '../attempts/published-tag-store.ts';
import type { TagOutcome } from '../image-publisher.ts';
import type { Attempt, Build } from '../lifecycle/build.ts';
import { queuePlaceOf } from '../lifecycle/queue-place.ts';

/** A build as lists show it. */
export interface ListedBuild extends Build {
  /** As it is called now. */
  readonly repositoryName: RepositoryName;
  readonly attemptCount: number;
}

export interface AttemptReport extends Attempt {
  readonly phases: readonly Phase[];
  readonly published: readonly TagOutcome[];
}

/** A build with all that is known of it. */
export interface BuildReport extends ListedBuild {
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

type AnyTransaction = ReadTransaction | WriteTransaction;

/** Builds of one repository as lists show them, in the same order. */
export async function toListed(
  tx: AnyTransaction,
  { name: repositoryName }: Pick<Repository, 'name'>,
  builds: readonly Build[],
): Promise<readonly ListedBuild[]> {
  const ids = builds.map(({ id }) => id);
  const counts = await countAttempts(tx, ids);
  return builds.map((build) => ({
    ...build,
    repositoryName,
    attemptCount: counts.get(build.id) ?? 0,
  }));
}

/** A build as lists show it. */
export async function listedBuild(tx: AnyTransaction, build: Build): Promise<ListedBuild> {
  const { name: repositoryName } = await requirePlace(tx, build.repositoryId);
  const counts = await countAttempts(tx, [build.id]);
  return { ...build, repositoryName, attemptCount: counts.get(build.id) ?? 0 };
}

export async function reportOf(
  tx: ReadTransaction,
  queue: JobQueue,
  build: Build,
): Promise<BuildReport> {
  const attempts = await listAttempts(tx, build.id);
  const ids = attempts.map(({ id }) => id);
  const phases = await listPhases(tx, ids);
  const published = await listPublishedTags(tx, ids);
  const reports = attempts.map((attempt) => ({
    ...attempt,
    phases: phases.get(attempt.id) ?? [],
    published: published.get(attempt.id) ?? [],
  }));
  const { name: repositoryName } = await requirePlace(tx, build.repositoryId);
  const attemptCount = attempts.length;
  const report = { ...build, repositoryName, attemptCount, attempts: reports };
  if (build.state !== 'pending') return report;
  return { ...report, waiting: await describeWaiting(tx, queue, report) };
}

async function describeWaiting(
  tx: ReadTransaction,
  queue: JobQueue,
  { jobId, repositoryId, repositoryName }: ListedBuild,
): Promise<Waiting> {
  const { group } = await queuePlaceOf(tx, repositoryId);
  const state = await queue.group(tx, group);
  const position = 1 + (await queue.countBefore(tx, group, jobId));
  const isFull = state !== undefined && state.running >= state.concurrency;
  const reason = isFull
    ? `namespace ${namespaceOf(repositoryName)} runs ${state.running} of ${state.concurrency} builds`
    : 'waiting for a builder';
  return { position, reason };
}
