import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findJsonFault } from './find-json-fault.ts';

const find = (text: string) => findJsonFault(text, { depth: 4, values: 10 });

test('equal keys of different objects are no fault', () => {
  expect(find('{"a":{"a":[{"a":1},{"a":2}]},"b":"\\"a\\":"}')).toBeUndefined();
});

test('a text that is equal to a key is no key', () => {
  expect(find('{"a" : "a", "b":["a","a"]}')).toBeUndefined();
});

test.each(['{"a":1,"a":2}', '{"a" :1,"\\u0061"\n:2}', '[{"x":{}},{"b":{},"a":"}","a":0}]'])(
  'the key a stands twice in %s',
  (text) => {
    expect(find(text)).toEqual({ kind: 'duplicate-key', key: 'a' });
  },
);

test('a long key is named by its beginning', () => {
  const key = 'k'.repeat(1_000);

  expect(find(`{"${key}":1,"${key}":2}`)).toEqual({
    kind: 'duplicate-key',
    key: 'k'.repeat(100),
  });
});

test('nesting is counted, not brackets', () => {
  expect(find('[[[[]]]]')).toBeUndefined();
  expect(find('[[],[],[],[],[]]')).toBeUndefined();
  expect(find('[[[[[]]]]]')).toEqual({ kind: 'too-deep' });
});

test.each([
  '[0,0,0,0,0,0,0,0,0,0,0]',
  '[[],[],[],[],[],[]]',
  '{"a":{},"b":{},"c":{},"d":{},"e":{},"f":{}}',
])('there is too much in %s', (text) => {
  expect(find(text)).toEqual({ kind: 'too-many-values' });
});

test('what is in a text is not counted', () => {
  expect(find('["[[[[[{{{{,,,,,,,,,,,,,,,,,","\\",,,,,,,,,,,,[[[[["]')).toBeUndefined();
});

test('what JSON.stringify writes has no fault within its limits', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const limits = { depth: 1000, values: 100_000 };
      expect(findJsonFault(JSON.stringify(value, null, 1), limits)).toBeUndefined();
    }),
  );
});

test('any text is looked through, and nothing is thrown', () => {
  const pieces = fc.constantFrom('"', '\\', '{', '}', '[', ']', ':', ',', ' ', 'a', '\\u');
  fc.assert(
    fc.property(fc.array(pieces), (text) => {
      expect(() => find(text.join(''))).not.toThrow();
    }),
  );
});
