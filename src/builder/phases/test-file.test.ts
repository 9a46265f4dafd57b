import { describe, expect, test } from 'vitest';
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

  test.each([
    [
      'has more keys than anybody reads',
      Array.from({ length: 18_000 }, (_, i) => `k${i}: 1`).join('\n'),
    ],
    ['nests without end', '['.repeat(190_000)],
    ['says a billion times the same', laughs()],
    ['has nothing but mistakes', '@\n'.repeat(90_000)],
    ['has a megabyte', `sut:\n  image: this\n${'# and so on\n'.repeat(90_000)}`],
  ])('A42 are refused soon where a file %s', (_, text) => {
    const began = performance.now();

    expect(() => readTestFile(name, text)).toThrow(name);
    expect(performance.now() - began).toBeLessThan(15_000);
  });
});

function laughs(): string {
  const letters = 'abcdefghij'.split('');
  const lines = letters.slice(1).map((letter, index) => {
    const aliases = Array<string>(9).fill(`*${letters[index]}`).join(', ');
    return `${letter}: &${letter} [${aliases}]`;
  });
  return ['a: &a [ha, ha, ha, ha, ha, ha, ha, ha, ha]', ...lines].join('\n');
}
