import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestClock } from '#kernel/testing';
import { RecordingLogger } from '#platform/telemetry/testing';
import { type Duty, Schedule } from './index.ts';

const second = 1000;

let clock: TestClock;
let logger: RecordingLogger;
let schedule: Schedule;
beforeEach(() => {
  clock = new TestClock();
  logger = new RecordingLogger();
  schedule = new Schedule({ clock, logger });
});
afterEach(() => schedule[Symbol.asyncDispose]());

/** A duty that counts its runs, and fails as often as it is told. */
function countingDuty(name: string, everyMilliseconds: number, failures = 0) {
  const duty = {
    name,
    everyMilliseconds,
    runs: 0,
    run: async () => {
      duty.runs += 1;
      if (duty.runs <= failures) throw new Error(`${name} can't`);
    },
  };
  return duty;
}

/** A duty whose runs last until the test ends them. */
function heldDuty(name: string) {
  let begun = Promise.withResolvers<AbortSignal>();
  let held = Promise.withResolvers<void>();
  const duty: Duty = {
    name,
    everyMilliseconds: second,
    run: async (signal) => {
      begun.resolve(signal);
      await held.promise;
    },
  };
  return {
    duty,
    begun: () => begun.promise,
    release: () => {
      begun = Promise.withResolvers();
      held.resolve();
      held = Promise.withResolvers();
    },
  };
}

describe('a schedule', () => {
  test('runs duties at its start, and again when they are due', async () => {
    const often = countingDuty('often', second);
    const seldom = countingDuty('seldom', 2.5 * second);
    schedule.add(often, seldom);

    schedule.start();
    await clock.awaited(2.5 * second);
    for (let tick = 0; tick < 3; tick += 1) {
      await clock.awaited(second);
      clock.advance(second);
    }
    await clock.awaited(2.5 * second);
    await clock.awaited(second);

    expect([often.runs, seldom.runs]).toEqual([4, 2]);
  });

  test('goes on with the others when one throws, and tells which it was', async () => {
    const failing = countingDuty('failing', second, 1);
    const fine = countingDuty('fine', 1.5 * second);
    schedule.add(failing, fine);

    schedule.start();
    await clock.awaited(1.5 * second);
    clock.advance(1.5 * second);
    await clock.awaited(1.5 * second);

    expect([failing.runs, fine.runs]).toEqual([1, 2]);
    expect(logger.failures).toEqual([
      {
        level: 'error',
        fields: {
          error: new Error("failing can't"),
          duty: 'failing',
          failures: 1,
          againInMilliseconds: 2 * second,
        },
        message: 'a duty failed; it is tried again',
      },
    ]);
  });

  test('waits twice as long after each failure up to half a minute, until one run succeeds', async () => {
    const failing = countingDuty('failing', second, 7);
    schedule.add(failing);

    schedule.start();
    const pauses = [2, 4, 8, 16, 30, 30, 30, 1];
    for (const seconds of pauses) {
      await clock.awaited(seconds * second);
      clock.advance(seconds * second);
    }
    await clock.awaited(second);

    expect(failing.runs).toBe(9);
    expect(logger.failures).toHaveLength(7);
  });

  test('never waits less than usual after a failure', async () => {
    const seldom = countingDuty('seldom', 300 * second, 1);
    schedule.add(seldom);

    schedule.start();

    await expect(clock.awaited(300 * second)).resolves.toBeUndefined();
  });

  test('runs a duty that is woken, and again when it is woken while it runs', async () => {
    const { duty, begun, release } = heldDuty('held');
    schedule.add(duty);
    schedule.start();
    await begun();

    schedule.wake('held');
    release();
    await begun();
    release();
    await clock.awaited(second);
    schedule.wake('held');

    await expect(begun()).resolves.toBeDefined();
    release();
  });

  test('lets nobody wake a duty out of the pause after a failure', async () => {
    const failing = countingDuty('failing', second, 1);
    schedule.add(failing);
    schedule.start();
    await clock.awaited(2 * second);

    schedule.wake('failing');
    await new Promise((resolve) => setImmediate(resolve));

    expect(failing.runs).toBe(1);
    expect(clock.isAwaited(2 * second)).toBe(true);
  });

  test('runs every duty once when it is told, after what runs already', async () => {
    const { duty, begun, release } = heldDuty('held');
    const fine = countingDuty('fine', second);
    const failing = countingDuty('failing', second, 1);
    schedule.add(duty, failing, fine);
    schedule.start();
    await begun();
    const before = fine.runs;

    const all = schedule.runAll();
    release();
    await begun();
    release();
    await all;

    expect(fine.runs).toBe(before + 1);
  });

  test('stops what runs, waits for it, and starts nothing more', async () => {
    const { duty, begun, release } = heldDuty('held');
    const fine = countingDuty('fine', second);
    schedule.add(duty, fine);
    schedule.start();
    const signal = await begun();

    let isDisposed = false;
    const disposing = schedule[Symbol.asyncDispose]().then(() => {
      isDisposed = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    const early = isDisposed;
    release();
    await disposing;
    clock.advance(60 * second);

    expect([signal.aborted, early, isDisposed]).toEqual([true, false, true]);
    expect(fine.runs).toBe(1);
    expect(clock.isAwaited(second)).toBe(false);
  });

  test('does not take a run that was stopped for a failure', async () => {
    const begun = Promise.withResolvers<void>();
    schedule.add({
      name: 'stopped',
      everyMilliseconds: second,
      run: (signal) => {
        begun.resolve();
        return clock.sleep(9 * second, signal);
      },
    });
    schedule.start();
    await begun.promise;

    await schedule[Symbol.asyncDispose]();

    expect(logger.failures).toEqual([]);
  });

  test('has no two duties of one name, and wakes none that it does not have', () => {
    schedule.add(countingDuty('same', second));

    expect(() => schedule.add(countingDuty('same', second))).toThrow('two duties "same"');
    expect(() => schedule.wake('other')).toThrow('no duty "other"');
  });
});
