import { expect, test } from 'vitest';
import { printableText } from './printable-text.ts';

test.each([
  ['\u001b[2Kok', 'ok', 'ok'],
  ['\u001b[31mred\u001b[0m', 'red', '\u001b[31mred\u001b[0m'],
  ['\u001b]0;title\u0007text', 'text', 'text'],
  ['\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\', 'link', 'link'],
  ['\u001bcreset', 'reset', 'reset'],
  ['a\rb\u0008c\td', 'abc\td', 'abc\td'],
  ['\u009b2Jx', 'x', 'x'],
  ['grün 🚢', 'grün 🚢', 'grün 🚢'],
])('A37 %j can do nothing to a terminal', (text, plain, coloured) => {
  expect(printableText(text, false)).toBe(plain);
  expect(printableText(text, true)).toBe(coloured);
});
