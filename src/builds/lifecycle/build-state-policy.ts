import type { BuildState } from '#kernel';

/** What can happen to a build. */
export const buildSteps = [
  'lease',
  'succeed',
  'fail',
  'cancel',
  'try_again',
  'settle',
  'retry',
] as const;
export type BuildStep = (typeof buildSteps)[number];

/**
 * Every step that a state allows, and where it leads. A canceled build that runs is `canceling` until
 * its sandbox is gone; its attempt is powerless and its namespace's slot free from the start.
 * `try_again` is the queue taking back a lost attempt, `retry` a person's wish.
 */
const transitions: Readonly<Record<BuildState, Partial<Record<BuildStep, BuildState>>>> = {
  pending: { lease: 'in_progress', cancel: 'canceled' },
  in_progress: {
    succeed: 'success',
    fail: 'failed',
    cancel: 'canceling',
    try_again: 'pending',
  },
  canceling: { settle: 'canceled' },
  success: { retry: 'pending' },
  failed: { retry: 'pending' },
  canceled: { retry: 'pending' },
};

/** `undefined` when the state does not allow the step. */
export function nextBuildState(state: BuildState, step: BuildStep): BuildState | undefined {
  return transitions[state][step];
}

export function isEnded(state: BuildState): boolean {
  return state === 'success' || state === 'failed' || state === 'canceled';
}
