import { expect, test } from 'vitest';
import { BoundedCache } from './bounded-cache.ts';

function clockAt(start: number) {
  let time = start;
  return { now: () => time, sleep: async () => undefined, advance: (by: number) => (time += by) };
}

test('a value is loaded once while it is young enough', async () => {
  const clock = clockAt(0);
  const cache = new BoundedCache<number>({ capacity: 5, lifetimeMilliseconds: 10, clock });
  let loads = 0;
  const load = async () => (loads += 1);

  const early = [await cache.get('a', load), await cache.get('a', load)];
  clock.advance(10);
  const late = await cache.get('a', load);

  expect([...early, late]).toEqual([1, 1, 2]);
});

test('a failed load is shared by those who waited, and forgotten', async () => {
  const cache = new BoundedCache<number>({
    capacity: 5,
    lifetimeMilliseconds: 10,
    clock: clockAt(0),
  });
  const fail = () => Promise.reject(new Error('no'));

  const failures = await Promise.allSettled([cache.get('a', fail), cache.get('a', async () => 7)]);

  expect(failures.map((result) => result.status)).toEqual(['rejected', 'rejected']);
  expect(await cache.get('a', async () => 7)).toBe(7);
});

test('past its capacity the oldest value goes', async () => {
  const cache = new BoundedCache<string>({
    capacity: 2,
    lifetimeMilliseconds: 10,
    clock: clockAt(0),
  });
  for (const key of ['a', 'b', 'c']) await cache.get(key, async () => 'old');

  const values = [];
  for (const key of ['c', 'b', 'a']) values.push(await cache.get(key, async () => 'new'));

  expect(values).toEqual(['old', 'old', 'new']);
});

test('many values are forgotten at once, by their keys', async () => {
  const cache = new BoundedCache<string>({
    capacity: 5,
    lifetimeMilliseconds: 10,
    clock: clockAt(0),
  });
  for (const key of ['a 1', 'a 2', 'b 1']) await cache.get(key, async () => 'old');

  cache.forgetAll((key) => key.startsWith('a '));

  const values = [];
  for (const key of ['a 1', 'a 2', 'b 1']) values.push(await cache.get(key, async () => 'new'));
  expect(values).toEqual(['new', 'new', 'old']);
});
