import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { unknownIds } from '../../tools/requirements/coverage.ts';
import { parseRequirements } from '../../tools/requirements/requirement.ts';
import { testedIds } from '../../tools/requirements/tested-ids.ts';
import { projectFolder, readSourceFiles } from './source-file.ts';

const requirements = globSync('docs/requirements/*.tsv', { cwd: projectFolder }).flatMap((path) =>
  parseRequirements(readFileSync(join(projectFolder, path), 'utf8'), path),
);

describe('the lists of requirements', () => {
  test('name each requirement once', () => {
    const ids = requirements.map(({ id }) => id);

    expect(ids).toEqual([...new Set(ids)]);
  });

  test('hold whatever the titles of tests name', () => {
    const files = readSourceFiles()
      .filter(({ isForTests }) => isForTests)
      .map(({ path, text }) => ({ path, ids: testedIds(path, text) }));

    expect(unknownIds(requirements, files)).toEqual([]);
  });

  test('have an ID, a tab and a sentence a line', () => {
    expect(() => parseRequirements('SET-01 no tab', 'SET.tsv')).toThrow('SET.tsv:1: write an ID');
  });
});

test.each([
  [`test('SET-31 a push is kept', async () => {});`, ['SET-31']],
  [`test.each(cases)('SET-31 AUT-02 %s', check);`, ['SET-31', 'AUT-02']],
  [
    `test.skipIf(isSlow)(\`TRB-12, TRB-13 and SET-02 a limit\`, check);`,
    ['TRB-12', 'TRB-13', 'SET-02'],
  ],
  [`test('A35 and SET-31 a pattern is bounded', check);`, ['A35', 'SET-31']],
  [`test('A34B is no attack', check);`, []],
  [`describe('LNK-03', () => {});`, ['LNK-03']],
  [`test('a push is kept, see SET-31', check); say('SET-32 no test');`, []],
])('requirements are read from the beginning of titles: %s', (text, ids) => {
  expect([...testedIds('sample.test.ts', text)]).toEqual(ids);
});
