import type { PhaseName } from '#kernel';
/** What is known about a build whose attempt was lost. */
export interface LossFacts {
  /** How often the queue took the build back already. */
  readonly losses: number;
  /** Whether the attempt has moved tags. */
  readonly hasPublished: boolean;
  /** The phases that the attempt began. */
  readonly phases: readonly PhaseName[];
}

const mostLosses = 2;

/** From here on a hook may have done what must not happen twice. */
const phasesWithEffects: ReadonlySet<PhaseName> = new Set([
  'pre_push',
  'push',
  'publish',
  'post_push',
]);

/** Whether a build whose builder vanished may be tried again by itself. */
export function mayTryAgain({ losses, hasPublished, phases }: LossFacts): boolean {
  if (losses >= mostLosses || hasPublished) return false;
  return !phases.some((phase) => phasesWithEffects.has(phase));
}
