import type { Principal } from '#access';
import type { WriteTransaction } from '#platform/db';
import { buildsErrors } from '../builds-errors.ts';
import type { BuildsParts } from '../builds-options.ts';
import { type ListedBuild, listedBuild } from '../history/build-report.ts';
import type { Build } from '../lifecycle/build.ts';
import { isEnded } from '../lifecycle/build-state-policy.ts';
import { queuePlaceOf } from '../lifecycle/queue-place.ts';
import { stepBuild, wrongState } from '../lifecycle/step-build.ts';
import { requireBuildFor } from '../permission/require-build-for.ts';
import { requireBuild } from './require-attempt.ts';

type RetryParts = Pick<BuildsParts, 'queue' | 'clock' | 'limits' | 'events'>;

/** Somebody's wish: the same commit once more, as the next attempt; see `Builds.retry`. */
export async function retryBuild(
  tx: WriteTransaction,
  parts: RetryParts,
  { principal, buildId }: { readonly principal: Principal; readonly buildId: number },
): Promise<ListedBuild> {
  const { queue, clock, events } = parts;
  const build = await requireBuildFor(tx, { principal, buildId, action: 'retryBuild' });
  if (!isEnded(build.state)) throw wrongState(build, 'retry');
  await assertRoom(tx, parts, build);
  if (!(await queue.requeue(tx, build.jobId, clock.now()))) {
    throw wrongState(await requireBuild(tx, buildId), 'retry');
  }
  const fresh = { losses: 0, startedAt: null, finishedAt: null };
  await stepBuild(tx, parts, build, { step: 'retry', ...fresh });
  events.publish(tx, { type: 'queue-changed' });
  return listedBuild(tx, await requireBuild(tx, buildId));
}

async function assertRoom(
  tx: WriteTransaction,
  { queue, limits }: RetryParts,
  { repositoryId }: Build,
): Promise<void> {
  const { namespaceId, group } = await queuePlaceOf(tx, repositoryId);
  const { pending } = await queue.lockGroup(tx, group, limits.concurrency(namespaceId));
  const limit = limits.pending(namespaceId);
  if (pending < limit) return;
  throw buildsErrors.fail(
    'QUEUE_FULL',
    `queue full: ${limit} builds of the namespace are waiting; cancel some or wait`,
  );
}
