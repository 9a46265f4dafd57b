import { expect, test } from 'vitest';
import { instantText } from './wire-instant.ts';

test.for([
  [0, '1970-01-01T00:00:00.000Z'],
  [-1, '1970-01-01T00:00:00.000Z'],
  [1e308, '+275760-09-13T00:00:00.000Z'],
  [8_640_000_000_000_001, '+275760-09-13T00:00:00.000Z'],
] as const)('%d has a text', ([instant, text]) => {
  expect(instantText(instant)).toBe(text);
});
