import { expect, test } from 'vitest';
import { TestClock } from '#kernel/testing';
import { watchClient } from './watch-client.ts';

const look = 10_000;

function openWatch() {
  const clock = new TestClock();
  const socket = { bytesRead: 0, bytesWritten: 0, writableLength: 0 };
  const over = new AbortController();
  const state = { isClientsTurn: true };
  const watching = watchClient({
    clock,
    socket,
    isClientsTurn: () => state.isClientsTurn,
    signal: over.signal,
  });
  const pass = async (looks: number, each: () => void = () => undefined) => {
    for (let count = 0; count < looks; count += 1) {
      await clock.awaited(look);
      each();
      clock.advance(look);
      await Promise.resolve();
    }
  };
  return { clock, socket, state, over, watching, pass };
}

test('A42 a client that sends a byte now and then is given up after a minute', async () => {
  const { socket, watching, pass } = openWatch();

  await pass(7, () => {
    socket.bytesRead += 100;
  });

  expect(await watching).toBe('client-stalled');
});

test('a slow client that goes on is waited for, for hours', async () => {
  const { socket, watching, over, pass } = openWatch();

  await pass(1_000, () => {
    socket.bytesRead += 4_000;
  });
  over.abort();

  expect(await watching).toBeUndefined();
});

test('while git works nobody is to blame, but not for ever', async () => {
  const { state, watching, pass } = openWatch();
  state.isClientsTurn = false;

  await pass(180);

  expect(await watching).toBe('git-too-long');
});
