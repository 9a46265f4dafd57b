import { expect, test } from 'vitest';
import { type Clock, systemClock } from '#kernel';
import type { LogBatch, LogLine } from '#protocol';
import { LogSender } from './log-sender.ts';

/** Never waits by itself: lines gather until somebody closes the sender. */
const patientClock: Clock = {
  now: () => 0,
  sleep: (_, signal) => systemClock.sleep(2 ** 30, signal),
};

const promptClock: Clock = { now: () => 0, sleep: () => Promise.resolve() };

function line(text: string): LogLine {
  return { at: 0, phase: 'build', stream: 'stdout', text };
}

function senderWith(clock: Clock, send: (batch: LogBatch) => Promise<void>) {
  const failures: unknown[] = [];
  const onFailure = (error: unknown) => failures.push(error);
  return { sender: new LogSender({ send, clock, onFailure }), failures };
}

test('lines that come close together are sent together', async () => {
  const batches: LogBatch[] = [];
  const { sender } = senderWith(patientClock, async (batch) => void batches.push(batch));

  sender.push([line('a')]);
  sender.push([line('b')]);
  await sender.close();

  expect(batches).toEqual([{ from: 0, lines: [line('a'), line('b')] }]);
});

test('a flush sends what has gathered, and later lines gather again', async () => {
  const batches: LogBatch[] = [];
  const { sender } = senderWith(patientClock, async (batch) => void batches.push(batch));

  sender.push([line('a')]);
  await sender.flush();
  sender.push([line('b')]);
  const sentByFlush = batches.length;
  sender.push([line('c')]);
  await sender.close();

  expect(sentByFlush).toBe(1);
  expect(batches).toEqual([
    { from: 0, lines: [line('a')] },
    { from: 1, lines: [line('b'), line('c')] },
  ]);
});

test('batches go one after the other, numbered on, within their limits', async () => {
  const batches: LogBatch[] = [];
  let underWay = 0;
  const { sender } = senderWith(promptClock, async (batch) => {
    underWay += 1;
    expect(underWay).toBe(1);
    await systemClock.sleep(1);
    underWay -= 1;
    batches.push(batch);
  });

  for (let index = 0; index < 5_000; index += 1) sender.push([line(String(index))]);
  sender.push([line('x'.repeat(400_000)), line('y'.repeat(400_000))]);
  await sender.close();

  const sent = batches.flatMap(({ lines }) => lines);
  expect(sent).toHaveLength(5_002);
  expect(sent[4_999]?.text).toBe('4999');
  for (const [index, { from }] of batches.entries()) {
    expect(from).toBe(batches.slice(0, index).flatMap(({ lines }) => lines).length);
  }
  expect(Math.max(...batches.map(({ lines }) => lines.length))).toBeLessThanOrEqual(2_000);
});

test('after a failure it is told once, and nothing is sent any more', async () => {
  let calls = 0;
  const { sender, failures } = senderWith(promptClock, async () => {
    calls += 1;
    throw new Error('gone');
  });

  sender.push([line('a')]);
  await sender.close();
  sender.push([line('b')]);
  await sender.close();

  expect(calls).toBe(1);
  expect(failures).toHaveLength(1);
});
