import { describe, expect, test } from 'vitest';
import { cpuTime } from '../testing/cpu-time.ts';
import { readTestFile } from './test-file.ts';

const name = 'docker-compose.test.yml';

describe('LNK-09 test files', () => {
  test.each([
    'services:\n  sut:\n    build: .\n',
    'version: "2"\nservices: { sut: { image: this } }',
  ])('with services are taken as they are, with or without a version', (text) => {
    expect(readTestFile(name, text)).toEqual({ name });
  });

  test('that include others may have their sut elsewhere', () => {
    expect(readTestFile(name, 'include: [other.yml]\n')).toEqual({ name });
  });

  test('of the first format are converted', () => {
    const text = [
      'sut:',
      '  build: .',
      '  dockerfile: Dockerfile.test',
      '  net: host',
      '  links: [web]',
      'web:',
      '  image: this',
      '  log_driver: none',
    ].join('\n');

    expect(readTestFile(name, text).converted).toEqual({
      services: {
        sut: {
          build: { context: '.', dockerfile: 'Dockerfile.test' },
          network_mode: 'host',
          links: ['web'],
        },
        web: { image: 'this', logging: { driver: 'none' } },
      },
    });
  });

  test.each([
    'services:\n  web:\n    image: x\n',
    'web:\n  image: x\n',
    'services:\n',
    'version: "3"\n',
  ])('without sut are refused by name', (text) => {
    expect(() => readTestFile(name, text)).toThrow(`${name} has no service "sut"`);
  });

  test.each(['', 'just text', '- a\n- b\n'])('that are no mapping are refused: %j', (text) => {
    expect(() => readTestFile(name, text)).toThrow(`${name} is no compose file`);
  });

  test('that are no YAML are refused with the place', () => {
    expect(() => readTestFile(name, 'services: {sut: [}')).toThrow(/no valid YAML.*line 1/);
  });

  test('that blow up by aliases are refused', () => {
    const rows = Array.from({ length: 30 }, (_, index) =>
      index === 0 ? 'a0: &a0 [x]' : `a${index}: &a${index} [*a${index - 1}, *a${index - 1}]`,
    );

    expect(() => readTestFile(name, rows.join('\n'))).toThrow(`${name} is no valid YAML`);
  });

  const refuse = (text: string) => expect(() => readTestFile(name, text)).toThrow(name);

  test.each([
    ['has more keys than anybody reads', keys(9_000), keys(900)],
    ['nests without end', '['.repeat(100_000), '['.repeat(10_000)],
    ['says a billion times the same', laughs(10), laughs(5)],
    ['has nothing but mistakes', '@\n'.repeat(30_000), '@\n'.repeat(3_000)],
    ['has a megabyte', withComments(90_000), withComments(9_000)],
  ])('A42 cost no more than their length where a file %s', (_, text, shorter) => {
    const cost = cpuTime(() => refuse(text));
    const least = cpuTime(() => refuse(shorter));

    // Ten times as long, or two times: what grows with the square would take a hundred times as much.
    expect(cost / least).toBeLessThan(40);
  });
});

function keys(count: number): string {
  return Array.from({ length: count }, (_, index) => `k${index}: 1`).join('\n');
}

/** Larger than what is read at all, or not; without the service that runs the tests. */
function withComments(lines: number): string {
  return `other:\n  image: this\n${'# and so on\n'.repeat(lines)}`;
}

/** Each level says ten times what the one below says. */
function laughs(levels: number): string {
  const letters = 'abcdefghij'.slice(0, levels).split('');
  const lines = letters.slice(1).map((letter, index) => {
    const aliases = Array<string>(9).fill(`*${letters[index]}`).join(', ');
    return `${letter}: &${letter} [${aliases}]`;
  });
  return ['a: &a [ha, ha, ha, ha, ha, ha, ha, ha, ha]', ...lines].join('\n');
}
