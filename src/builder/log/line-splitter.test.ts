import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineSplitter } from './line-splitter.ts';
import { createSecretMask } from './secret-mask.ts';

const nothing = createSecretMask([]);

function linesOf(chunks: readonly (string | Uint8Array)[], mask = nothing): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter(mask, (line) => lines.push(line));
  for (const chunk of chunks) splitter.push(Buffer.from(chunk as string));
  splitter.end();
  return lines;
}

test('lines are put together from pieces, the unfinished last one too', () => {
  expect(linesOf(['on', 'e\ntw', 'o\r\n', '\nthree'])).toEqual(['one', 'two', '', 'three']);
});

test('characters of several bytes may be cut anywhere', () => {
  const text = 'größe 🚀 한국어\nzweite';

  fc.assert(
    fc.property(fc.integer({ min: 1, max: 7 }), (size) => {
      const bytes = Buffer.from(text);
      const count = Math.ceil(bytes.length / size);
      const chunks = Array.from({ length: count }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      expect(linesOf(chunks)).toEqual(text.split('\n'));
    }),
  );
});

test('bytes that are no UTF-8 are shown as such and break nothing', () => {
  expect(linesOf([Uint8Array.from([0x61, 0xff, 0x62, 0x0a])])).toEqual(['a\ufffdb']);
});

test('of a progress bar only the last state remains', () => {
  expect(linesOf(['10%\r20%\r', '100%\r\ndone\n'])).toEqual(['100%', 'done']);
});

test('SET-48 a secret that comes in two pieces is hidden', () => {
  expect(linesOf(['a hun', 'ter22 b\n'], createSecretMask(['hunter22']))).toEqual(['a *** b']);
});

test('a line without end comes in pieces and grows no memory', () => {
  const lines = linesOf(Array.from({ length: 50 }, () => 'x'.repeat(1_000)));

  expect(lines.join('')).toBe('x'.repeat(50_000));
  expect(lines.every((line) => line.length <= 16_384)).toBe(true);
});

test('SET-48 a long line is never cut within a secret', () => {
  const mask = createSecretMask(['hunter22']);

  for (let before = 15_990; before < 16_002; before += 1) {
    const lines = linesOf([`${'x'.repeat(before)}hunter22${'y'.repeat(20_000)}`], mask);
    expect(lines.join('')).toBe(`${'x'.repeat(before)}***${'y'.repeat(20_000)}`);
  }
});
