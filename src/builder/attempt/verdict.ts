import type { PhaseName } from '#kernel';
import type { FinishReport } from '#protocol';
import { builderErrors } from '../builder-errors.ts';
import type { SecretMask } from '../log/secret-mask.ts';
import { AttemptFailure } from '../phases/attempt-failure.ts';

const longestMessageCharacters = 2_000;

/**
 * Parts of a message may be a sandbox's own words; not every database holds a zero byte. Secrets are
 * hidden before it is cut: the cut would leave a part of one that nothing recognises.
 */
function storable(message: string, mask: SecretMask): string {
  return mask.apply(message.replaceAll('\0', '')).slice(0, longestMessageCharacters);
}

/** What an error that ended an attempt means for its build, with no secret in it. */
export function verdictOf(
  error: unknown,
  phase: PhaseName,
  mask: SecretMask,
): FinishReport & { readonly outcome: 'failed' } {
  if (error instanceof AttemptFailure) {
    const { reason, message, exitCode } = error;
    return {
      outcome: 'failed',
      reason,
      phase,
      message: storable(message, mask),
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
    message: storable(message, mask),
  };
}
