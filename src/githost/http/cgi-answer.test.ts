import { expect, test } from 'vitest';
import { parseCgiAnswer } from './cgi-answer.ts';

test('status, headers and the bytes after them are told apart', () => {
  const bytes = Buffer.from('Status: 404 Not Found\r\nContent-Type: text/plain\r\n\r\nno\r\n\r\n');

  const answer = parseCgiAnswer(bytes);

  expect(answer).toMatchObject({ status: 404, headers: { 'content-type': 'text/plain' } });
  expect(answer?.rest.toString()).toBe('no\r\n\r\n');
});

test('an incomplete head asks for more, an endless one is refused', () => {
  expect(parseCgiAnswer(Buffer.from('Expires: never\r\n'))).toBeUndefined();
  expect(() => parseCgiAnswer(Buffer.alloc(20_000, 'x'))).toThrow('no end');
});
