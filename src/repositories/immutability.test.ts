import { expect, test } from 'vitest';
import { assertImmutability, isImmutable } from './immutability.ts';

test('IMM-13 when all tags are immutable, latest is too', () => {
  expect(isImmutable({ mode: 'all_immutable', patterns: [] }, 'latest')).toBe(true);
});

test('all tags are mutable whatever patterns were kept', () => {
  expect(isImmutable({ mode: 'all_mutable', patterns: ['.*'] }, 'latest')).toBe(false);
});

test.for([
  ['^v[0-9.]+$', 'v1.0', true],
  ['^v[0-9.]+$', 'dev', false],
  ['v', 'dev', true],
  ['^release-', 'release-1', true],
  ['^release-', 'prerelease-1', false],
  ['(?i)^RC$', 'rc', true],
] as const)('IMM-15 the pattern %s, searched for in %s: %s', ([pattern, tag, expected]) => {
  expect(isImmutable({ mode: 'patterns', patterns: [pattern] }, tag)).toBe(expected);
});

test.for([
  [['a', 'b', 'c', 'd', 'e', 'f'], 'at most 5'],
  [[], 'at least one'],
  [[''], '1 to 256'],
  [['x'.repeat(257)], '1 to 256'],
  [['('], 'no RE2 expression'],
  [['(?=x)'], 'no RE2 expression'],
  [[String.raw`(a)\1`], 'no RE2 expression'],
] as const)('the patterns %j are refused: %s', ([patterns, problem]) => {
  expect(() => assertImmutability({ mode: 'patterns', patterns })).toThrow(problem);
});

test('a pattern that would backtrack for ever elsewhere takes no time', () => {
  const startedAt = performance.now();

  isImmutable({ mode: 'patterns', patterns: ['(a+)+$'] }, `${'a'.repeat(127)}b`);

  expect(performance.now() - startedAt).toBeLessThan(500);
});
