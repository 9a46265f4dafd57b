import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cpuTime } from '../testing/cpu-time.ts';
import { createSecretMask, type SecretMask } from './secret-mask.ts';

const secretText = fc
  .string({ minLength: 12, maxLength: 60 })
  .filter((text) => text.trim() === text);

describe('SET-48 A28 secrets in logs', () => {
  test('a value is hidden wherever it stands', () => {
    const mask = createSecretMask(['hunter22']);

    expect(mask.apply('hunter22 is hunter22!')).toBe('*** is ***!');
  });

  test('every line of a value with several lines is hidden', () => {
    const mask = createSecretMask(['-----BEGIN KEY-----\nabcdefgh\n-----END KEY-----\n']);

    expect(mask.apply('key: abcdefgh')).toBe('key: ***');
  });

  test('a key that was entered on one line is hidden line by line too', () => {
    const mask = createSecretMask(['-----BEGIN KEY-----\\nabcdefgh\\n-----END KEY-----']);

    expect(mask.apply('abcdefgh')).toBe('***');
  });

  test('values that overlap are hidden together', () => {
    const mask = createSecretMask(['abcdef', 'defghi']);

    expect(mask.apply('xabcdefghix')).toBe('x***x');
  });

  test('a value that overlaps itself is hidden to its end', () => {
    const mask = createSecretMask(['abab']);

    expect(mask.apply('xababababx abab')).toBe('x***x ***');
  });

  test('A42 many long values, and texts made of them, cost neither much time nor memory', () => {
    const mask = maskOfMany(60);
    const [text, longer] = [4_000, 16_000].map((length) => `${'a'.repeat(length)} hunter22`);
    const cost = (of: SecretMask, shown = '') => cpuTime(() => void of.apply(shown));

    expect(mask.apply(longer ?? '')).toBe('*** ***');
    // Four times as long; the square of that would take sixteen times as much.
    expect(cost(mask, longer) / cost(mask, text)).toBeLessThan(10);
    // However many values there are, no more is searched for.
    expect(cost(mask, longer) / cost(maskOfMany(6), longer)).toBeLessThan(4);
  });

  test('a line of a value that has too many to be searched for is hidden where it stands alone', () => {
    const lines = Array.from({ length: 6_000 }, (_, index) => `line-${index}`);
    const mask = createSecretMask([lines.join('\n'), 'hunter22']);

    expect(mask.apply('  line-5999')).toBe('***');
    expect(mask.apply('is hunter22')).toBe('is ***');
  });

  test.each(['', 'abc', 'true', 'production', 'post_push'])(
    'the everyday value "%s" is left alone',
    (value) => {
      const mask = createSecretMask([value]);

      expect(mask.apply(`abc ${value} def`)).toBe(`abc ${value} def`);
    },
  );

  test('the base64 of a value is hidden, also within something longer', () => {
    fc.assert(
      fc.property(
        secretText,
        fc.string({ maxLength: 8 }),
        fc.string({ maxLength: 8 }),
        hidesEncoded,
      ),
    );
  });

  test('no text shows a secret, whatever is around it', () => {
    fc.assert(
      fc.property(secretText, fc.string(), fc.string(), (secret, before, after) => {
        const mask = createSecretMask([secret]);

        return !mask.apply(before + secret + after).includes(secret);
      }),
    );
  });

  test('a cut never falls into a secret', () => {
    const mask = createSecretMask(['hunter22']);

    expect(mask.cutAfter('say hunter22 twice', 6)).toBe(12);
    expect(mask.cutAfter('say hunter22 twice', 4)).toBe(4);
    expect(mask.cutAfter('say hunter22 twice', 12)).toBe(12);
  });
});

/** Nothing that decodes to the middle of the secret is left. */
function hidesEncoded(secret: string, before: string, after: string): boolean {
  const mask = createSecretMask([secret]);
  const encoded = Buffer.from(before + secret + after).toString('base64');
  const shown = mask.apply(encoded);
  return shown.includes('***') && shown.length < encoded.length - secret.length / 2;
}

/** Of thousands of lines of one letter, and of so many long values that are made of them. */
function maskOfMany(count: number): SecretMask {
  const lines = Array.from({ length: 4_000 }, (_, index) => 'a'.repeat(4 + (index % 3_000)));
  const values = Array.from({ length: count }, (_, index) =>
    lines
      .map((line) => `${line}${index}`)
      .join('\n')
      .slice(0, 65_536),
  );
  return createSecretMask(['hunter22', ...lines, ...values]);
}
