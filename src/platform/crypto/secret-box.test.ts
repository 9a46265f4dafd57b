import { expect, test } from 'vitest';
import { createSecretBox } from './secret-box.ts';

const box = createSecretBox(Buffer.alloc(32, 7));

test.for(['', 'value', 'zeilen\nund ünï', 'x'.repeat(65_536)])(
  'what is sealed can be opened: %#',
  (text) => {
    expect(box.open(box.seal(text))).toBe(text);
  },
);

test('the same secret looks different each time', () => {
  expect(box.seal('value')).not.toBe(box.seal('value'));
});

test('another key opens nothing', () => {
  const other = createSecretBox(Buffer.alloc(32, 8));

  expect(() => other.open(box.seal('value'))).toThrow('secret key');
});

test.for(['', 'v1.', 'v1.AAAA', 'no'])('text that was never sealed is refused: %s', (text) => {
  expect(() => box.open(text)).toThrow('secret key');
});
