import { expect, test } from 'vitest';
import { assertModest } from './assert-modest.ts';

const eightMebibytes = 8 * 1024 * 1024;
const filled = (unit: string) => unit.repeat(Math.floor(eightMebibytes / unit.length));
const keys = Array.from({ length: 500_000 }, (_, index) => `"${index}":0`).join(',');

/** The body of the largest operation, before anything is built from it. */
test.each([
  ['objects', `[${filled('{},')}{}]`],
  ['lists', `[${filled('[],')}[]]`],
  ['numbers', `[${filled('0,')}0]`],
  ['open lists', filled('[')],
  ['keys', `{${keys}}`],
  ['equal keys', `{${filled('"a":0,')}"a":0}`],
])('A11 JSON of 8 MiB of %s is refused at once', (_what, text) => {
  const before = process.threadCpuUsage();

  expect(() => assertModest(text, 'json')).toThrow('the body is');

  const { user, system } = process.threadCpuUsage(before);
  expect(user + system).toBeLessThan(100_000);
});

test('A11 a form of thousands of fields is refused', () => {
  expect(() => assertModest('a&'.repeat(30_000), 'form')).toThrow('of more than 20000 values');
  expect(() => assertModest('a=1&'.repeat(10_000), 'form')).not.toThrow();
});
