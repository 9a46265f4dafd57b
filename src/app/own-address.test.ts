import { expect, test } from 'vitest';
import { ownUrl } from './own-address.ts';

test.each([
  ['127.0.0.1', 'http://127.0.0.1:5000'],
  ['127.0.0.7', 'http://127.0.0.7:5000'],
  ['10.1.2.3', 'http://10.1.2.3:5000'],
  ['0.0.0.0', 'http://127.0.0.1:5000'],
  ['::1', 'http://[::1]:5000'],
  ['::', 'http://[::1]:5000'],
  ['2001:db8::7', 'http://[2001:db8::7]:5000'],
  ['::ffff:127.0.0.1', 'http://[::ffff:127.0.0.1]:5000'],
])('a server that listens on %s is reached at %s', (address, url) => {
  expect(ownUrl({ address, port: 5_000 })).toBe(url);
});
