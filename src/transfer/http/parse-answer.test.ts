import { expect, test } from 'vitest';
import { parseAnswer } from './parse-answer.ts';

test('an answer is read as JSON', () => {
  expect(parseAnswer(Buffer.from('{"tags":["a","b"]}'), 10)).toEqual({ tags: ['a', 'b'] });
});

test.each(['', '{', '<html>', '{"token":"a","token":"b"}', '[1,2,3,4,5,6,7,8,9,10,11]'])(
  '%s is no answer',
  (text) => {
    expect(parseAnswer(Buffer.from(text), 10)).toBeUndefined();
  },
);

test.each(['{},', '[],', '0,', '['])(
  'A11 16 MiB of %s from a foreign server hold up nobody else',
  (unit) => {
    const bytes = Buffer.from(`[${unit.repeat(Math.floor((16 * 1024 * 1024) / unit.length))}`);
    const before = process.threadCpuUsage();

    const answer = parseAnswer(bytes, 10_000);

    const { user, system } = process.threadCpuUsage(before);
    expect(answer).toBeUndefined();
    expect(user + system).toBeLessThan(100_000);
  },
);
