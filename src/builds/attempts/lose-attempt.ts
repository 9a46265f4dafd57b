import { formatAttemptId } from '#kernel';
import type { WriteTransaction } from '#platform/db';
import type { Lease } from '#platform/jobs';
import type { BuildsParts } from '../builds-options.ts';
import type { Attempt, Build } from '../lifecycle/build.ts';
import { findBuildOfJob } from '../lifecycle/build-store.ts';
import { type LossFacts, mayTryAgain } from '../lifecycle/loss-policy.ts';
import { stepBuild } from '../lifecycle/step-build.ts';
import { endAttempt } from './end-attempt.ts';
import { listPhases } from './phase-store.ts';
import { listPublishedTags } from './published-tag-store.ts';
import { requireAttempt } from './require-attempt.ts';

type LosingParts = Pick<BuildsParts, 'queue' | 'clock' | 'publisher' | 'events'>;

/**
 * The builder of an attempt is gone. The build is tried again by itself where that can do no harm,
 * else it has failed. `undefined` when the lease had ended before; else the attempt's id.
 */
export async function loseAttempt(
  tx: WriteTransaction,
  parts: LosingParts,
  lease: Lease,
): Promise<string | undefined> {
  if (!(await parts.queue.hold(tx, lease, 'exclusive'))) return undefined;
  const owner = await findBuildOfJob(tx, lease.jobId);
  if (owner === undefined) return undefined;
  const attemptId = formatAttemptId({ buildId: owner.id, number: lease.attempt });
  const lost = await requireAttempt(tx, attemptId);
  const facts = await readFacts(tx, lost);
  if (mayTryAgain(facts)) await tryAgain(tx, parts, lost.build, lease);
  else await giveUp(tx, parts, lost.build, { lease, facts });
  await endAttempt(tx, parts, lost.attempt, {
    state: 'lost',
    reason: 'lost',
    message: `builder ${lost.attempt.builder} was lost`,
    endedAt: parts.clock.now(),
    isLogComplete: false,
  });
  return attemptId;
}

async function readFacts(
  tx: WriteTransaction,
  { attempt, build }: { readonly attempt: Attempt; readonly build: Build },
): Promise<LossFacts> {
  const phases = (await listPhases(tx, [attempt.id])).get(attempt.id) ?? [];
  const published = (await listPublishedTags(tx, [attempt.id])).get(attempt.id) ?? [];
  return {
    losses: build.losses,
    hasPublished: published.some(({ outcome }) => outcome === 'moved'),
    phases: phases.map(({ name }) => name),
  };
}

async function tryAgain(
  tx: WriteTransaction,
  parts: LosingParts,
  build: Build,
  lease: Lease,
): Promise<void> {
  await parts.queue.release(tx, lease, parts.clock.now());
  await stepBuild(tx, parts, build, {
    step: 'try_again',
    losses: build.losses + 1,
    startedAt: null,
  });
}

async function giveUp(
  tx: WriteTransaction,
  parts: LosingParts,
  build: Build,
  { lease, facts }: { readonly lease: Lease; readonly facts: LossFacts },
): Promise<void> {
  await parts.queue.finish(tx, lease, parts.clock.now());
  const why =
    facts.losses > 0
      ? `the builder was lost ${facts.losses + 1} times`
      : 'the builder was lost after the build had begun to push';
  await stepBuild(tx, parts, build, {
    step: 'fail',
    reason: 'lost',
    message: `${why}; retry the build when a builder is there`,
    finishedAt: parts.clock.now(),
  });
}
