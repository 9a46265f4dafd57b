import { expect, test } from 'vitest';
import type { LogLine } from '#protocol';
import { LogCap } from './log-cap.ts';

const limits = { headBytes: 600, tailBytes: 2_400 };

function line(index: number): LogLine {
  return { at: index, phase: 'build', stream: 'stdout', text: String(index).padStart(59, '0') };
}

function runThrough(count: number) {
  const cap = new LogCap(limits);
  const live = Array.from({ length: count }, (_, index) => cap.take(line(index))).flat();
  return { live, late: cap.finish() };
}

function numbers(lines: readonly LogLine[]): number[] {
  return lines.filter(({ stream }) => stream === 'stdout').map(({ text }) => Number(text));
}

test('a short log is live from its first to its last line', () => {
  const { live, late } = runThrough(10);

  expect(numbers(live)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(late).toEqual([]);
});

test('a log within both limits is complete, and says that its end comes later', () => {
  const { live, late } = runThrough(50);

  expect(live.at(-1)).toMatchObject({ stream: 'system' });
  expect(numbers([...live, ...late])).toEqual(Array.from({ length: 50 }, (_, index) => index));
  expect(late.every(({ stream }) => stream === 'stdout')).toBe(true);
});

test('of a longer log the first fifth and the last four fifths remain, with a marker between', () => {
  const { live, late } = runThrough(100_000);

  expect(numbers(live)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(late[0]).toMatchObject({ stream: 'system', text: '… 99950 lines are left out here …' });
  expect(numbers(late)).toEqual(Array.from({ length: 40 }, (_, index) => 99_960 + index));
});

test('A42 empty lines count as well, so that no flood of them fills the memory', () => {
  const cap = new LogCap(limits);
  for (let index = 0; index < 1_000_000; index += 1) cap.take({ ...line(index), text: '' });

  const late = cap.finish();

  expect(late).toHaveLength(49);
  expect(late[0]).toMatchObject({ stream: 'system', text: '… 999940 lines are left out here …' });
});
