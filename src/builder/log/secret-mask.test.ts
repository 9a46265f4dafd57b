import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSecretMask } from './secret-mask.ts';

const secretText = fc
  .string({ minLength: 12, maxLength: 60 })
  .filter((text) => text.trim() === text);

describe('SET-48 secrets in logs', () => {
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
