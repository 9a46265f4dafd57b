import type { FinishReport, PhaseName } from '#protocol';
import { builderErrors } from '../builder-errors.ts';
import { AttemptFailure } from '../phases/attempt-failure.ts';

const longestMessageCharacters = 2_000;

/** What an error that ended an attempt means for its build. */
export function verdictOf(
  error: unknown,
  phase: PhaseName,
): FinishReport & { readonly outcome: 'failed' } {
  if (error instanceof AttemptFailure) {
    const { reason, message, exitCode } = error;
    return {
      outcome: 'failed',
      reason,
      phase,
      message: message.slice(0, longestMessageCharacters),
      ...(exitCode === undefined ? {} : { exitCode }),
    };
  }
  const message = builderErrors.is(error)
    ? error.message
    : "something went wrong in the builder itself; the builder's own log says more";
  return {
    outcome: 'failed',
    reason: 'builder_failed',
    phase,
    message: message.slice(0, longestMessageCharacters),
  };
}
