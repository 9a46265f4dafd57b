import fc from 'fast-check';
import { RE2JS } from 're2js';
import { expect, test } from 'vitest';
import { estimateSteps } from './estimate-steps.ts';

test.for([
  ['abc', 3],
  ['(?:.?){1000}', 5_000],
  ['x{3}{', 13],
  ['((x{10}){10})', 152],
  [String.raw`\x{100}y`, 2],
  [String.raw`\p{Greek}{2}`, 4],
  [String.raw`[{3}\]]{2}`, 4],
  ['[]{9}]x', 2],
  ['[^]]{2}', 4],
  [String.raw`\Qa{9}\E`, 8],
  ['a{2,}', 4],
  ['(((', 0],
  [')))', 6],
  ['', 0],
] as const)('%s compiles to about %s steps', ([expression, about]) => {
  const steps = estimateSteps(expression);

  expect(steps).toBeGreaterThanOrEqual(about * 0.5);
  expect(steps).toBeLessThanOrEqual(about * 2 + 4);
});

const atom = fc.constantFrom('a', '.', '[a-z]', String.raw`\d`, '[^]x]', String.raw`\pL`, 'é', '^');
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small' },
    atom,
    fc.tuple(tie('expression'), tie('expression')).map(([one, other]) => one + other),
    fc.tuple(tie('expression'), tie('expression')).map(([one, other]) => `(?:${one}|${other})`),
    fc
      .tuple(tie('expression'), fc.constantFrom('*', '?', '{3}', '{2,9}', '{4,}', '{20}'))
      .map(([repeated, repetition]) => `(${repeated})${repetition}`),
  ),
}));

test('no expression compiles to more than four times of what its text says', () => {
  fc.assert(
    fc.property(expression, (text) => {
      const estimate = estimateSteps(text);
      fc.pre(estimate < 20_000);
      return RE2JS.compile(text).programSize() <= 4 * estimate + 4;
    }),
  );
});

test('an expression of any length is read in linear time', () => {
  const hostile = ['\\Q', '[', '[[:', '{', '(', '\\p{', '[^]', '{1,'].map((part) =>
    part.repeat(100_000),
  );
  const startedAt = performance.now();

  for (const text of hostile) estimateSteps(text);

  expect(performance.now() - startedAt).toBeLessThan(10_000);
});
