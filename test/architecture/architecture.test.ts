import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { roomArrows } from './room-arrows.ts';
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

  test.each(roomNames)(
    '%s comes into every room that the table lets it into, and uses it',
    (name) => {
      const used = roomArrows(files).get(name) ?? new Set();

      expect(rooms[name].mayImport.filter((door) => !used.has(door))).toEqual([]);
    },
  );

  test('the table has no circles', () => {
    const inOrder = roomNames.filter((name, position) =>
      rooms[name].mayImport.every((other) => roomNames.indexOf(other) < position),
    );

    expect(inOrder).toEqual([...roomNames]);
  });
});
