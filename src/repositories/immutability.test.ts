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
  [['a\0b'], 'zero byte'],
  [['('], 'no RE2 expression'],
  [['(?=x)'], 'no RE2 expression'],
  [[String.raw`(a)\1`], 'no RE2 expression'],
  [['(?:.?){1000}'.repeat(20)], 'the pattern is too large'],
  [['x{400}', 'y{400}', 'z{400}'], 'at most 1000 are taken'],
] as const)('the patterns %j are refused: %s', ([patterns, problem]) => {
  expect(() => assertImmutability({ mode: 'patterns', patterns })).toThrow(problem);
});

test('A35 matching takes no time, whatever the pattern', () => {
  const patterns = ['(a+)+$', '(?:(?:.*a)|(?:.*b)){100}[zZ]'];
  const settings = { mode: 'patterns', patterns } as const;
  assertImmutability(settings);
  const startedAt = performance.now();

  for (let move = 0; move < 50; move += 1) isImmutable(settings, `${'a'.repeat(124)}b${move}`);

  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

test('A35 a pattern that was stored before there were bounds protects every tag, at no cost', () => {
  const patterns = ['(?:.?){1000}'.repeat(20), 'x{1000}'];
  const startedAt = performance.now();

  for (let move = 0; move < 1_000; move += 1) {
    expect(isImmutable({ mode: 'patterns', patterns }, `v${move}`)).toBe(true);
  }

  expect(performance.now() - startedAt).toBeLessThan(5_000);
});
