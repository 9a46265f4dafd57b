import type { PhaseName } from '#kernel';
import type { FinishReport } from '#protocol';
import { builderErrors } from '../builder-errors.ts';
import { AttemptFailure } from '../phases/attempt-failure.ts';

const longestMessageCharacters = 2_000;

/** Parts of a message may be a sandbox's own words; not every database holds a zero byte. */
function storable(message: string): string {
  return message.replaceAll('\0', '').slice(0, longestMessageCharacters);
}

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
      message: storable(message),
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
    message: storable(message),
  };
}
