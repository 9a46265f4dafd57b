import { expect, test } from 'vitest';
import { plausibleInstant } from './phase-times.ts';

const startedAt = 1_000_000_000;
const now = startedAt + 600_000;

test.for([
  ['a moment ago', now - 20_000, now - 20_000],
  ['now', now, now],
  ['a little ahead', now + 5, now],
  ['far ahead', 8_640_000_000_000_000, now],
  ['an hour behind', now - 3_600_000, now],
  ['at the beginning of time', 0, now],
  ['before that', -1, now],
] as const)('a builder that says %s is taken to mean what can be', ([, said, meant]) => {
  expect(plausibleInstant(said, { startedAt, now })).toBe(meant);
});

test('nothing of an attempt happened before it', () => {
  expect(plausibleInstant(startedAt - 10, { startedAt, now: startedAt + 10 })).toBe(startedAt);
});
