import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parsePackageList, recipeHash } from './builder-image.ts';

describe('recipeHash', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-recipe-'));
    await mkdir(join(folder, 'inner'));
    await writeFile(join(folder, 'packages.txt'), 'git\n');
    await writeFile(join(folder, 'inner', 'start'), '#!/bin/sh\n', { mode: 0o644 });
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('is the same for the same recipe', async () => {
    expect(await recipeHash(folder)).toBe(await recipeHash(folder));
    expect(await recipeHash(folder)).toMatch(/^[0-9a-f]{12}$/);
  });

  test.each([
    ['a content', () => writeFile(join(folder, 'inner', 'start'), '#!/bin/bash\n')],
    ['a mode', () => chmod(join(folder, 'inner', 'start'), 0o755)],
    ['a file', () => writeFile(join(folder, 'inner', 'more'), '')],
  ])('changes with %s', async (_, change) => {
    const before = await recipeHash(folder);

    await change();

    expect(await recipeHash(folder)).not.toBe(before);
  });
});

test('a package list has one package a line, and comments', () => {
  expect(parsePackageList('# engine\ndocker.io\n\n  git # and lfs\n')).toEqual([
    'docker.io',
    'git',
  ]);
});
