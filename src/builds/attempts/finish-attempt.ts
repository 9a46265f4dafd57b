import type { WriteTransaction } from '#platform/db';
import type { BuildsParts } from '../builds-options.ts';
import { stepBuild } from '../lifecycle/step-build.ts';
import { endAttempt } from './end-attempt.ts';
import { passFence } from './fence.ts';
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

/** Ends the lease, the attempt and the build with it. Throws `ATTEMPT_ENDED`. */
export async function finishAttempt(
  tx: WriteTransaction,
  parts: FinishingParts,
  attemptId: string,
  report: FinishReport,
): Promise<void> {
  const lease = await passFence(tx, parts, attemptId, 'exclusive');
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
