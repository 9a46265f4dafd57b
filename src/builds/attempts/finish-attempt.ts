import type { WriteTransaction } from '#platform/db';
import type { Lease } from '#platform/jobs';
import type { BuildsParts } from '../builds-options.ts';
import { stepBuild } from '../lifecycle/step-build.ts';
import { findAttempt } from './attempt-store.ts';
import { endAttempt } from './end-attempt.ts';
import { attemptEnded, leaseOf } from './fence.ts';
import { requireAttempt } from './require-attempt.ts';

/** The attempt's own verdict, sent when its sandbox is gone. */
export type FinishReport =
  | { readonly outcome: 'success' }
  | {
      readonly outcome: 'failed';
      readonly reason: string;
      readonly phase: string;
      readonly message: string;
      readonly exitCode?: number | undefined;
    };

type FinishingParts = Pick<BuildsParts, 'queue' | 'clock' | 'publisher' | 'events'>;

/**
 * Ends the lease, the attempt and the build with it. Throws `ATTEMPT_ENDED`, but not where the attempt
 * ended with this verdict: whoever sent it did not hear that it was taken.
 */
export async function finishAttempt(
  tx: WriteTransaction,
  parts: FinishingParts,
  attemptId: string,
  report: FinishReport,
): Promise<void> {
  const lease = await leaseOf(tx, attemptId);
  if (lease !== undefined && (await parts.queue.hold(tx, lease, 'exclusive'))) {
    return endWith(tx, parts, { lease, attemptId, report });
  }
  const ended = await findAttempt(tx, attemptId);
  if (ended?.state !== report.outcome) throw attemptEnded(attemptId);
}

interface Verdict {
  readonly lease: Lease;
  readonly attemptId: string;
  readonly report: FinishReport;
}

async function endWith(
  tx: WriteTransaction,
  parts: FinishingParts,
  { lease, attemptId, report }: Verdict,
): Promise<void> {
  const now = parts.clock.now();
  await parts.queue.finish(tx, lease, now);
  const ended = await requireAttempt(tx, attemptId);
  const failure = report.outcome === 'failed' ? report : undefined;
  const { reason, message } = failure ?? {};
  const step = failure === undefined ? 'succeed' : 'fail';
  await stepBuild(tx, parts, ended.build, { step, reason, message, finishedAt: now });
  await endAttempt(tx, parts, ended.attempt, {
    state: report.outcome,
    reason,
    message,
    phase: failure?.phase,
    exitCode: failure?.exitCode,
    endedAt: now,
    isLogComplete: true,
  });
}
