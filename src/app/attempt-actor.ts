import type { Actor, StageId } from '#registry';

const prefix = 'attempt-';

/** The registry's name for an attempt, which is also the stage that it pushes to. */
export function attemptActor(attemptId: string): Actor & { readonly stage: StageId } {
  const subject = `${prefix}${attemptId}`;
  return { subject, stage: subject };
}

/** `undefined` for actors that are no attempts. */
export function attemptIdOf({ subject, stage }: Actor): string | undefined {
  return stage === undefined ? undefined : subject.slice(prefix.length);
}
