import type { StopReason } from '#kernel';
import type { WriteTransaction } from '#platform/db';
import type { BuildsParts } from '../builds-options.ts';
import type { Build } from '../lifecycle/build.ts';
import { findBuild } from '../lifecycle/build-store.ts';
import { stepBuild, wrongState } from '../lifecycle/step-build.ts';
import { listAttempts } from './attempt-store.ts';
import { endAttempt } from './end-attempt.ts';
import { requireBuild } from './require-attempt.ts';

export interface Stop {
  readonly reason: StopReason;
  /** One sentence that says who or what stopped it. */
  readonly message: string;
}

type StoppingParts = Pick<BuildsParts, 'queue' | 'clock' | 'publisher' | 'events'>;

/**
 * Ends a build from outside: from this transaction on it can push nothing, what it staged is gone and
 * its namespace's slot is free. Throws `BUILD_UNKNOWN`, and `BUILD_STATE` when it has ended already.
 */
export async function stopBuild(
  tx: WriteTransaction,
  parts: StoppingParts,
  buildId: number,
  stop: Stop,
): Promise<Build> {
  const build = await requireBuild(tx, buildId);
  const finishedAt = parts.clock.now();
  if (await parts.queue.withdraw(tx, build.jobId, finishedAt)) {
    // Read again: now that its job is ours, nobody else can change it.
    const waiting = await requireBuild(tx, buildId);
    await stepBuild(tx, parts, waiting, { step: 'cancel', ...stop, finishedAt });
  } else {
    await stopRunning(tx, parts, build, { ...stop, finishedAt });
  }
  return requireBuild(tx, buildId);
}

async function stopRunning(
  tx: WriteTransaction,
  parts: StoppingParts,
  { id, jobId }: Build,
  stop: Stop & { readonly finishedAt: number },
): Promise<void> {
  const attempt = (await listAttempts(tx, id)).at(-1);
  const hasEnded =
    attempt === undefined ||
    !(await parts.queue.finish(tx, { jobId, attempt: attempt.number }, stop.finishedAt));
  const build = await requireBuild(tx, id);
  if (hasEnded) throw wrongState(build, 'cancel');
  await stepBuild(tx, parts, build, { step: 'cancel', ...stop });
  const { reason, message, finishedAt: endedAt } = stop;
  const end = { state: 'canceled', reason, message, endedAt, isLogComplete: false } as const;
  await endAttempt(tx, parts, attempt, end);
}

/** A stopped attempt's sandbox is gone: its build is canceled at last. Anything else stays. */
export async function settleStopped(
  tx: WriteTransaction,
  { events }: Pick<BuildsParts, 'events'>,
  buildId: number,
): Promise<void> {
  const build = await findBuild(tx, buildId);
  if (build?.state !== 'canceling') return;
  const { reason, message } = build;
  await stepBuild(tx, { events }, build, { step: 'settle', reason, message });
}
