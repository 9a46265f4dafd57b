import { namespaceOf } from '#kernel';
import type { WriteTransaction } from '#platform/db';
import { buildsErrors } from '../builds-errors.ts';
import type { BuildsParts } from '../builds-options.ts';
import type { Build } from '../lifecycle/build.ts';
import { isEnded } from '../lifecycle/build-state-policy.ts';
import { stepBuild, wrongState } from '../lifecycle/step-build.ts';
import { requireBuild } from './require-attempt.ts';

type RetryParts = Pick<BuildsParts, 'queue' | 'clock' | 'limits' | 'events'>;

/**
 * A person's wish: the same commit once more, as the next attempt. Throws `BUILD_UNKNOWN`,
 * `BUILD_STATE` unless the build has ended, and `QUEUE_FULL`.
 */
export async function retryBuild(
  tx: WriteTransaction,
  parts: RetryParts,
  buildId: number,
): Promise<Build> {
  const { queue, clock, events } = parts;
  const build = await requireBuild(tx, buildId);
  if (!isEnded(build.state)) throw wrongState(build, 'retry');
  await assertRoom(tx, parts, build);
  if (!(await queue.requeue(tx, build.jobId, clock.now()))) {
    throw wrongState(await requireBuild(tx, buildId), 'retry');
  }
  const fresh = { losses: 0, startedAt: null, finishedAt: null };
  await stepBuild(tx, parts, build, { step: 'retry', ...fresh });
  events.publish(tx, { type: 'queue-changed' });
  return requireBuild(tx, buildId);
}

async function assertRoom(
  tx: WriteTransaction,
  { queue, limits }: RetryParts,
  { repositoryName }: Build,
): Promise<void> {
  const namespace = namespaceOf(repositoryName);
  const { pending } = await queue.lockGroup(tx, namespace, limits.concurrency(namespace));
  const limit = limits.pending(namespace);
  if (pending < limit) return;
  throw buildsErrors.fail(
    'QUEUE_FULL',
    `queue full: ${limit} builds of the namespace are waiting; cancel some or wait`,
  );
}
