import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findJsonAmbiguity } from './json-ambiguity.ts';

const find = (text: string) => findJsonAmbiguity(text, 4);

test('equal keys of different objects are no ambiguity', () => {
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

test('nesting is counted, not brackets', () => {
  expect(find('[[[[]]]]')).toBeUndefined();
  expect(find('[[],[],[],[],[]]')).toBeUndefined();
  expect(find('[[[[[]]]]]')).toEqual({ kind: 'too-deep' });
});

test('what JSON.stringify writes never has a key twice', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(findJsonAmbiguity(JSON.stringify(value, null, 1), 1000)).toBeUndefined();
    }),
  );
});
