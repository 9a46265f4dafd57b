import { describe, expect, test } from 'vitest';
import { buildStates } from '#kernel';
import { buildSteps, isEnded, nextBuildState } from './build-state-policy.ts';
import { mayTryAgain } from './loss-policy.ts';

const allowed = [
  ['pending', 'lease', 'in_progress'],
  ['pending', 'cancel', 'canceled'],
  ['in_progress', 'succeed', 'success'],
  ['in_progress', 'fail', 'failed'],
  ['in_progress', 'cancel', 'canceling'],
  ['in_progress', 'try_again', 'pending'],
  ['canceling', 'settle', 'canceled'],
  ['success', 'retry', 'pending'],
  ['failed', 'retry', 'pending'],
  ['canceled', 'retry', 'pending'],
] as const;

describe('the states of a build', () => {
  test.for(allowed)('%s, %s: %s', ([state, step, next]) => {
    expect(nextBuildState(state, step)).toBe(next);
  });

  test('nothing else is possible', () => {
    const steps = buildStates.flatMap((state) =>
      buildSteps.filter((step) => nextBuildState(state, step) !== undefined),
    );

    expect(steps).toHaveLength(allowed.length);
  });

  test('what has ended can only be retried', () => {
    const ended = buildStates.filter(isEnded);

    expect(ended).toEqual(['success', 'failed', 'canceled']);
    expect(
      ended.flatMap((state) => buildSteps.filter((step) => nextBuildState(state, step))),
    ).toEqual(['retry', 'retry', 'retry']);
  });
});

describe('a lost attempt', () => {
  test.for([
    [0, false, [], true],
    [0, false, ['clone', 'build', 'test', 'post_test'], true],
    [1, false, ['clone'], true],
    [2, false, ['clone'], false],
    [0, true, ['clone'], false],
    [0, false, ['clone', 'pre_push'], false],
    [0, false, ['clone', 'push'], false],
    [0, false, ['post_push'], false],
  ] as const)(
    'after %i losses, tags published: %s, phases %j: tried again: %s',
    ([losses, hasPublished, phases, again]) => {
      expect(mayTryAgain({ losses, hasPublished, phases })).toBe(again);
    },
  );
});
