import { beforeEach, describe, expect, test } from 'vitest';
import { TestClock } from '#kernel/testing';
import { RecordingLogger } from '#platform/telemetry/testing';
import { itemDuty, paged } from './index.ts';

const signal = new AbortController().signal;

let clock: TestClock;
let logger: RecordingLogger;
let done: string[];
let broken: Set<string>;
beforeEach(() => {
  clock = new TestClock();
  logger = new RecordingLogger();
  done = [];
  broken = new Set();
});

type List = (signal: AbortSignal) => AsyncIterable<string> | Promise<string[]>;

function dutyOver(list: List, mostAtOnce = 9) {
  const duty = {
    mostAtOnce,
    name: 'tend',
    everyMilliseconds: 1000,
    list,
    nameOf: (item: string) => `item ${item}`,
    work: async (item: string) => {
      if (broken.has(item)) throw new Error(`${item} is broken`);
      done.push(item);
    },
  };
  return itemDuty(duty, { clock, logger });
}

describe('a duty of items', () => {
  test('does the rest when one of them throws, and tells which it was', async () => {
    broken.add('b');

    await dutyOver(async () => ['a', 'b', 'c']).run(signal);

    expect(done).toEqual(['a', 'c']);
    expect(logger.failures).toEqual([
      {
        level: 'error',
        fields: {
          error: new Error('b is broken'),
          duty: 'tend',
          item: 'item b',
          failures: 1,
          againInMilliseconds: 5_000,
        },
        message: 'an item of a duty failed; it is tried again',
      },
    ]);
  });

  test('leaves an item alone for longer after each failure, and does it in the end', async () => {
    const duty = dutyOver(async () => ['a', 'b']);
    broken.add('b');
    await duty.run(signal);
    clock.advance(4_999);
    await duty.run(signal);
    clock.advance(1);
    await duty.run(signal);
    clock.advance(9_999);
    await duty.run(signal);
    const failures = logger.failures.length;

    broken.clear();
    clock.advance(1);
    await duty.run(signal);

    expect(failures).toBe(2);
    expect(done.filter((item) => item === 'b')).toHaveLength(1);
  });

  test('begins anew with an item that was not there for a while', async () => {
    const duty = dutyOver(async () => ['b']);
    broken.add('b');
    await duty.run(signal);
    clock.advance(3_600_000);
    await dutyOver(async () => []).run(signal);
    await duty.run(signal);
    clock.advance(3_600_000);
    broken.clear();

    await duty.run(signal);

    expect(done).toEqual(['b']);
  });

  test('takes items page by page, and stops between them', async () => {
    const stop = new AbortController();
    async function* pages() {
      yield* ['a', 'b'];
      stop.abort();
      yield 'c';
    }

    await dutyOver(pages).run(stop.signal);

    expect(done).toEqual(['a', 'b']);
  });

  test('does so many in one run as it may, and counts none that it passes over', async () => {
    const duty = dutyOver(async () => ['a', 'b', 'c', 'd'], 2);
    broken.add('a');

    await duty.run(signal);
    const first = [...done];
    await duty.run(signal);

    expect(first).toEqual(['b']);
    expect(done).toEqual(['b', 'b', 'c']);
  });

  test('reads pages as long as there are any', async () => {
    const asked: (string | undefined)[] = [];
    const pages: Readonly<Record<string, string[]>> = { '': ['a', 'b'], b: ['c'] };
    const readPage = async (last: string | undefined) => {
      asked.push(last);
      return pages[last ?? ''] ?? [];
    };

    await dutyOver(() => paged(readPage)).run(signal);

    expect(done).toEqual(['a', 'b', 'c']);
    expect(asked).toEqual([undefined, 'b', 'c']);
  });

  test('fails as a whole when the items can not be listed', async () => {
    const duty = dutyOver(() => Promise.reject(new Error('no database')));

    await expect(duty.run(signal)).rejects.toThrow('no database');
  });
});
