import { expect, test } from 'vitest';
import { TestClock } from '#kernel/testing';
import { Waiter } from './index.ts';

function createWaiter() {
  const clock = new TestClock();
  const wakes = new Set<() => void>();
  const waiter = new Waiter(clock, (wake) => {
    wakes.add(wake);
    return () => wakes.delete(wake);
  });
  return { clock, wakes, waiter };
}

/** What has settled when everything that could happen without time passing has happened. */
async function hasCome(coming: Promise<void>): Promise<boolean> {
  let come = false;
  void coming.then(() => {
    come = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return come;
}

test('a waiter comes when it is woken, and leaves no sleeper behind', async () => {
  const { clock, wakes, waiter } = createWaiter();

  const coming = waiter.come(1000);
  const early = await hasCome(coming);
  for (const wake of wakes) wake();
  await coming;

  expect(early).toBe(false);
  expect(clock.isAwaited(1000)).toBe(false);
});

test('it comes after the time when nobody wakes it', async () => {
  const { clock, waiter } = createWaiter();

  const coming = waiter.come(1000);
  clock.advance(999);
  const early = await hasCome(coming);
  clock.advance(1);
  await coming;

  expect(early).toBe(false);
});

test('a wake-up while it does not wait ends the next wait, and only that one', async () => {
  const { waiter } = createWaiter();

  waiter.wake();
  waiter.wake();
  await waiter.come(1000);

  expect(await hasCome(waiter.come(1000))).toBe(false);
});

test('it comes when the signal aborts, and listens to the signal only while it waits', async () => {
  const { waiter } = createWaiter();
  const stop = new AbortController();
  const listeners = countListeners(stop.signal);

  waiter.wake();
  await waiter.come(1000, stop.signal);
  const afterWait = listeners.count;
  const coming = waiter.come(1000, stop.signal);
  stop.abort();
  await coming;
  await waiter.come(1000, stop.signal);

  expect(afterWait).toBe(0);
  expect(listeners.count).toBe(0);
});

test('one that is disposed of has ended its subscription', () => {
  const { wakes, waiter } = createWaiter();

  waiter[Symbol.dispose]();

  expect(wakes.size).toBe(0);
});

function countListeners(signal: AbortSignal) {
  const listeners = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...words: Parameters<typeof add>) => {
    listeners.add(words[1]);
    add(...words);
  };
  signal.removeEventListener = (...words: Parameters<typeof remove>) => {
    listeners.delete(words[1]);
    remove(...words);
  };
  return {
    get count() {
      return listeners.size;
    },
  };
}
