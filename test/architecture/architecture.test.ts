import { existsSync, globSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withRoomTable } from './room-table.ts';
import { roomNames, rooms } from './rooms.ts';
import * as everyRule from './rules/index.ts';
import { projectFolder, readSourceFiles, roomOf } from './source-file.ts';

const files = readSourceFiles();

describe('the code of the project', () => {
  test.each(Object.values(everyRule))('$name', (rule) => {
    const problems = files.flatMap((file) =>
      rule.check(file).map((problem) => `${file.path}: ${problem}`),
    );

    expect(problems).toEqual([]);
  });

  test('every file of src stands in a room of the table', () => {
    const homeless = globSync('src/**/*.ts', { cwd: projectFolder }).filter(
      (path) => roomOf(path) === undefined,
    );

    expect(homeless).toEqual([]);
  });

  test('every room of the table is there and has a door, but for the command line, which nobody enters', () => {
    const doorless = roomNames
      .filter((name) => name !== 'cli')
      .filter((name) => !existsSync(join(projectFolder, 'src', name, 'index.ts')));

    expect(doorless).toEqual([]);
  });

  test('the table has no circles', () => {
    const inOrder = roomNames.filter((name, position) =>
      rooms[name].mayImport.every((other) => roomNames.indexOf(other) < position),
    );

    expect(inOrder).toEqual([...roomNames]);
  });
});

test('docs/architecture.md shows the table as it is (npm run golden rewrites it)', async () => {
  const path = join(projectFolder, 'docs/architecture.md');
  const page = existsSync(path) ? await readFile(path, 'utf8') : '# Architecture\n';
  if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(path, withRoomTable(page));

  expect(await readFile(path, 'utf8')).toBe(withRoomTable(page));
});
