import { formatAttemptId, type RepositoryName } from '#kernel';
import type { WriteTransaction } from '#platform/db';
import type { LeasedJob } from '#platform/jobs';
import { requirePlace } from '#repositories';
import type { CloneAccess, SourceId } from '#sources';
import { buildsErrors } from '../builds-errors.ts';
import type { BuildsParts } from '../builds-options.ts';
import { listVariables, type SealedVariable } from '../configurations/configuration-store.ts';
import type { Build, BuiltRef } from '../lifecycle/build.ts';
import { findBuildOfJob } from '../lifecycle/build-store.ts';
import { stepBuild } from '../lifecycle/step-build.ts';
import { insertAttempt } from './attempt-store.ts';
import { attemptTokenDigest, makeAttemptToken } from './attempt-token.ts';

/** Who asks for work. */
export interface BuilderIdentity {
  /** Stable over restarts of the builder. */
  readonly name: string;
  /** Of its tools, kept with the attempt. */
  readonly versions: Readonly<Record<string, string>>;
  readonly connectionId: number;
}

/** Everything that a builder has to know to run an attempt, its credential included. */
export interface LeasedAttempt {
  readonly attemptId: string;
  readonly buildId: number;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly token: string;
  readonly repositoryId: number;
  readonly repositoryName: RepositoryName;
  readonly sourceId: SourceId;
  readonly clone: CloneAccess;
  readonly ref: BuiltRef;
  readonly buildContext: string;
  readonly dockerfile: string;
  readonly tags: readonly string[];
  readonly caching: boolean;
  readonly push: boolean;
  /** By name, in clear. */
  readonly variables: Readonly<Record<string, string>>;
}

/** What the database knows of it. */
export interface AttemptLease extends Omit<LeasedAttempt, 'clone' | 'variables'> {
  readonly sealedVariables: readonly SealedVariable[];
}

/** How long a lease lasts that nobody moves on. */
export const leaseMilliseconds = 30_000;

type LeasingParts = Pick<BuildsParts, 'queue' | 'clock' | 'ids' | 'events'>;

/** Takes the job whose turn it is off the queue. */
export async function leaseTurn(
  tx: WriteTransaction,
  { queue, clock }: LeasingParts,
  { name: holder }: BuilderIdentity,
): Promise<LeasedJob | undefined> {
  const now = clock.now();
  return queue.leaseNext(tx, { holder, now, expiresAt: now + leaseMilliseconds });
}

/** The attempt of a job that was just leased. */
export async function beginAttempt(
  tx: WriteTransaction,
  parts: LeasingParts,
  { builder, job: lease }: { readonly builder: BuilderIdentity; readonly job: LeasedJob },
): Promise<AttemptLease> {
  const { clock, ids } = parts;
  const now = clock.now();
  const build = await requireBuildOf(tx, lease.jobId);
  const token = makeAttemptToken(ids);
  const attemptId = formatAttemptId({ buildId: build.id, number: lease.attempt });
  await insertAttempt(tx, {
    id: attemptId,
    buildId: build.id,
    number: lease.attempt,
    builder: builder.name,
    connectionId: builder.connectionId,
    tokenDigest: attemptTokenDigest(token),
    versions: builder.versions,
    startedAt: now,
  });
  await stepBuild(tx, parts, build, { step: 'lease', startedAt: now, finishedAt: null });
  return describeLease(tx, build, { attemptId, attempt: lease.attempt, token });
}

async function describeLease(
  tx: WriteTransaction,
  build: Build,
  credential: Pick<LeasedAttempt, 'attemptId' | 'attempt' | 'token'>,
): Promise<AttemptLease> {
  const { repositoryId, sourceId, ref, rule, tags, push } = build;
  const { name: repositoryName } = await requirePlace(tx, repositoryId);
  return {
    ...credential,
    buildId: build.id,
    repositoryId,
    repositoryName,
    sourceId,
    ref,
    buildContext: rule.buildContext,
    dockerfile: rule.dockerfile,
    tags,
    caching: rule.caching,
    push,
    sealedVariables: await listVariables(tx, repositoryId),
  };
}

async function requireBuildOf(tx: WriteTransaction, jobId: number): Promise<Build> {
  const build = await findBuildOfJob(tx, jobId);
  if (build === undefined) throw buildsErrors.fail('BUILD_UNKNOWN', `job ${jobId} has no build`);
  return build;
}
