import { expect, test } from 'vitest';
import { parseAuthorization } from './authorization-header.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

test.for([
  [undefined, { kind: 'none' }],
  ['', { kind: 'none' }],
  [`Basic ${base64('alice:secret')}`, { kind: 'basic', name: 'alice', secret: 'secret' }],
  [`basic ${base64('alice:a:b')}`, { kind: 'basic', name: 'alice', secret: 'a:b' }],
  [`Basic ${base64('alice:')}`, { kind: 'basic', name: 'alice', secret: '' }],
  ['Bearer abc', { kind: 'bearer', token: 'abc' }],
  ['JWT abc', { kind: 'bearer', token: 'abc' }],
] as const)('%j is understood', ([header, presented]) => {
  expect(parseAuthorization(header)).toEqual(presented);
});

test.for([
  'Basic',
  'Bearer',
  'Bearer a b',
  'Digest abc',
  `Basic ${base64('alice')}`,
  `Basic ${base64(':x')}`,
  `Basic ${base64('ali\0ce:secret')}`,
  `Basic ${base64('alice\n:secret')}`,
])('%j is refused', (header) => {
  expect(() => parseAuthorization(header)).toThrow('Authorization header');
});
