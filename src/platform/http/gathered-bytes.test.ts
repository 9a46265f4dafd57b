import { expect, test } from 'vitest';
import { GatheredBytes } from './gathered-bytes.ts';

test('pieces are put together in their order', () => {
  const gathered = new GatheredBytes();

  for (const piece of ['', 'a', 'bcd', '', 'efghijk']) gathered.add(Buffer.from(piece));

  expect(gathered.bytes().toString()).toBe('abcdefghijk');
  expect(gathered.size).toBe(11);
});

test('nothing is nothing', () => {
  expect(new GatheredBytes().bytes()).toHaveLength(0);
});

test('A11 millions of pieces of one byte take a few bytes each', () => {
  const gathered = new GatheredBytes();
  const from = Buffer.alloc(65_536, 'x');
  const before = process.memoryUsage();

  for (let at = 0; at < 4_000_000; at += 1)
    gathered.add(from.subarray(at % 65_536, (at % 65_536) + 1));

  const { rss } = process.memoryUsage();
  expect(gathered.bytes()).toEqual(Buffer.alloc(4_000_000, 'x'));
  // A list of the pieces takes 400 MB.
  expect(rss - before.rss).toBeLessThan(150_000_000);
});
