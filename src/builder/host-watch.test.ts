import { expect, test } from 'vitest';
import { TestClock } from '#kernel/testing';
import { RecordingLogger } from '#platform/telemetry/testing';
import { Capacity } from './capacity.ts';
import type { Executor, Leftover } from './executor.ts';
import { HostWatch } from './host-watch.ts';

interface Played {
  check: (signal: AbortSignal) => Promise<void>;
  left: readonly Leftover[];
  sweeps: number;
}

function watching() {
  const clock = new TestClock();
  const played: Played = { check: async () => undefined, left: [], sweeps: 0 };
  const executor: Pick<Executor, 'check' | 'leftovers' | 'removeOrphans'> = {
    check: (signal) => played.check(signal),
    leftovers: () => played.left,
    removeOrphans: async () => {
      played.sweeps += 1;
      return 0;
    },
  };
  const capacity = new Capacity(2);
  const logger = new RecordingLogger();
  const watch = new HostWatch({ executor, owner: 'builder', capacity, clock, logger });
  return { clock, played, capacity, logger, watch };
}

const stuck = { id: '1-1', reason: 'the volume is in use' };

test('an engine that takes a connection and never answers is away', async () => {
  const { clock, played, capacity, watch } = watching();
  played.check = (signal) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });

  const looked = watch.look();
  await clock.awaited(10_000);
  clock.advance(10_000);

  expect(await looked).toBe(false);
  expect(capacity.condition).toEqual({
    slots: 0,
    troubles: [expect.stringContaining('it took too long to answer')],
  });
});

test('an engine that stays away is told of once, and once more when it is back', async () => {
  const { played, capacity, logger, watch } = watching();
  played.check = async () => {
    throw new Error('nobody there');
  };

  await watch.look();
  await watch.look();
  played.check = async () => undefined;
  await watch.look();

  expect(logger.failures).toHaveLength(1);
  expect(logger.notes.map(({ message }) => message)).toEqual(['builds can run again']);
  expect(capacity.condition).toEqual({ slots: 2, troubles: [] });
});

test('who asks while somebody asks is told the same, and the engine is asked once', async () => {
  const { played, watch } = watching();
  let asked = 0;
  played.check = async () => {
    asked += 1;
  };

  expect(await Promise.all([watch.look(), watch.look()])).toEqual([true, true]);
  expect(asked).toBe(1);
});

test('a sandbox that stays is tried again after pauses that grow, and others every five minutes', async () => {
  const { clock, played, capacity, watch } = watching();
  const stop = new AbortController();
  const kept = watch.keep(stop.signal);
  /** Lets the watch come as far as its next sleep before time goes on. */
  const pass = async (milliseconds: number) => {
    for (let rest = milliseconds; rest > 0; rest -= 1_000) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  await pass(299_000);
  expect(played.sweeps).toBe(0);
  await pass(2_000);
  expect(played.sweeps).toBe(1);

  played.left = [stuck];
  watch.count();
  expect(capacity.slots).toBe(1);
  await pass(60_000);
  const soon = played.sweeps - 1;
  await pass(60_000);
  const later = played.sweeps - 1 - soon;

  expect(soon).toBeGreaterThan(later);
  expect(later).toBeGreaterThan(0);
  played.left = [];
  await pass(300_000);
  expect(capacity.slots).toBe(2);
  stop.abort();
  await kept;
});
