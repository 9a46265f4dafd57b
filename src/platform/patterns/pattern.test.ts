import { expect, test } from 'vitest';
import { compilePattern, largestPatternSteps, longestMatchedText } from './pattern.ts';

/** 244 characters with the slashes that a build rule puts around it. */
const hostile = '(?:.?){1000}'.repeat(20);

test('A35 a short pattern that compiles to a huge program is refused before it is compiled', () => {
  const startedAt = performance.now();

  for (let time = 0; time < 100; time += 1) {
    expect(() => compilePattern(`${hostile}${time}`)).toThrow(
      /^the pattern is too large: it compiles to about \d+ steps, at most 1000 are taken; write smaller/,
    );
  }

  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

test('a pattern that is a little too large is refused with its exact size', () => {
  expect(() => compilePattern(`x{${largestPatternSteps}}`)).toThrow(
    expect.objectContaining({
      code: 'PATTERN_TOO_LARGE',
      message: expect.stringContaining('it compiles to 1002 steps'),
    }),
  );
});

test.for(['(', '(?=x)', String.raw`(a)\1`, 'x{1001}', '(x{100}){100}'])(
  '%s is no expression, and is said to be none',
  (expression) => {
    expect(() => compilePattern(expression)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^PATTERN_(SYNTAX|TOO_LARGE)$/) }),
    );
  },
);

test.for([
  String.raw`^v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$`,
  String.raw`^(?:[a-z0-9][a-z0-9-]{0,62}\.){1,7}`,
  '^[0-9a-f]{64}$',
  String.raw`^[\pL\pN]{1,200}$`,
])('what people write is taken: %s', (expression) => {
  expect(compilePattern(expression).steps).toBeLessThanOrEqual(largestPatternSteps);
});

test('the first match is told with its groups, empty where one took no part', () => {
  const pattern = compilePattern('(a)?(b+)');

  expect(pattern.groups).toBe(2);
  expect(pattern.find('xbbb')).toEqual({ start: 1, end: 4, groups: ['', 'bbb'] });
  expect(pattern.find('x')).toBeUndefined();
});

test('a text of up to 255 characters is searched, and no longer one', () => {
  const pattern = compilePattern('x$');
  const text = (length: number) => 'x'.repeat(length);

  expect(pattern.find(text(longestMatchedText))).toBeDefined();
  expect(pattern.find(text(longestMatchedText + 1))).toBeUndefined();
});

test('A35 the slowest match that a pattern can be written for takes no time', () => {
  const patterns = [
    `(?:(?:.*x)|(?:.*y)){${largestPatternSteps >> 3}}[zZ]`,
    '(?:.?){490}[zZ]',
    '(?:(a+)+)+[zZ]',
    `(?:(x)|(x)|(x)){70}[zZ]`,
  ].map(compilePattern);
  const text = 'x'.repeat(longestMatchedText);
  const startedAt = performance.now();

  for (const pattern of patterns) expect(pattern.find(text)).toBeUndefined();

  expect(performance.now() - startedAt).toBeLessThan(5_000);
});
