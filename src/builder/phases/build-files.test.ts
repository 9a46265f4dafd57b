import { describe, expect, test } from 'vitest';
import { openPhaseBench } from '../testing/phase-bench.ts';
import { findBuildFiles, findDockerfile, readingsOf } from './build-files.ts';

function readings(buildContext: string, dockerfile: string) {
  return readingsOf({ buildContext, dockerfile }).map((reading) => ({
    dockerfile: reading.dockerfile.replace('/workspace/source', ''),
    context: reading.context.replace('/workspace/source', '') || '/',
  }));
}

describe('what context and Dockerfile location mean', () => {
  test.each(['/', '', 'Dockerfile', '/Dockerfile', './Dockerfile'])(
    'SET-41 SET-62 location "%s" with context / is the Dockerfile at the root',
    (location) => {
      expect(readings('/', location)).toEqual([{ dockerfile: '/Dockerfile', context: '/' }]);
    },
  );

  test.each(['app', '/app', 'app/', './app/'])(
    'SET-61 context "%s" is a folder of the source',
    (context) => {
      expect(readings(context, '/')[0]).toEqual({ dockerfile: '/app/Dockerfile', context: '/app' });
    },
  );

  test('SET-65 SET-68 the location counts from the context, then from the root', () => {
    expect(readings('app', 'build/Dockerfile')).toEqual([
      { dockerfile: '/app/build/Dockerfile', context: '/app' },
      { dockerfile: '/build/Dockerfile', context: '/app' },
    ]);
  });

  test('SET-63 SET-67 with a blank context the Dockerfile’s folder is the context', () => {
    expect(readings(' ', 'svc/Dockerfile')).toEqual([
      { dockerfile: '/svc/Dockerfile', context: '/svc' },
    ]);
    expect(readings('', '/')).toEqual([{ dockerfile: '/Dockerfile', context: '/' }]);
  });

  test('A24 a location may lead upward as long as it stays in the source', () => {
    expect(readings('app', '../Dockerfile')[0]).toEqual({
      dockerfile: '/Dockerfile',
      context: '/app',
    });
  });

  test.each([
    ['..', 'Dockerfile', 'Build context ".."'],
    ['a/../../b', 'Dockerfile', 'Build context "a/../../b"'],
    ['/', '../Dockerfile', 'Dockerfile location "../Dockerfile"'],
    ['', '../../etc/passwd', 'Dockerfile location "../../etc/passwd"'],
  ])(
    'context "%s" with location "%s" is refused by the name of the field',
    (context, file, field) => {
      expect(() => readings(context, file)).toThrow(`${field} leads out of the source`);
    },
  );
});

describe('the files of a build in a checkout', () => {
  async function find(
    files: Readonly<Record<string, string>>,
    buildContext: string,
    dockerfile: string,
  ) {
    await using bench = await openPhaseBench();
    const assignment = await bench.checkOut(files, { buildContext, dockerfile });
    return await findBuildFiles(assignment, bench.commands);
  }

  test('SET-40 SET-68 both readings find the file, and the context wins', async () => {
    const both = { 'app/Dockerfile': 'FROM a\n', 'app/app/Dockerfile': 'FROM b\n' };
    const one = { 'app/Dockerfile': 'FROM a\n' };

    expect((await find(one, 'app', 'app/Dockerfile')).dockerfile).toMatch(
      /source\/app\/Dockerfile$/,
    );
    expect((await find(one, 'app', 'Dockerfile')).dockerfile).toMatch(/source\/app\/Dockerfile$/);
    expect((await find(both, 'app', 'app/Dockerfile')).folder).toMatch(/source\/app\/app$/);
  });

  test('A24 a link within the source is followed, one that leads out is refused', async () => {
    const inside = { 'real/Dockerfile': 'FROM a\n', Dockerfile: '→ real/Dockerfile' };

    expect((await find(inside, '/', '/')).hasDockerfile).toBe(true);
    await expect(find({ Dockerfile: '→ /etc/hostname' }, '/', '/')).rejects.toMatchObject({
      reason: 'configuration',
      message: 'Dockerfile location "/" leads out of the source: give a path inside it',
    });
    await expect(find({ Dockerfile: 'FROM a\n', up: '→ ..' }, 'up', '/')).rejects.toThrow(
      'Build context "up" leads out of the source',
    );
  });

  test('a Dockerfile that is not there is told with both places and the rule’s field', async () => {
    await expect(find({ 'app/x': '' }, 'app', 'Dockerfile')).rejects.toMatchObject({
      reason: 'configuration',
      message:
        'there is no Dockerfile at app/Dockerfile or Dockerfile in branch main: add it, or correct Dockerfile location ("Dockerfile") of the build rule',
    });
  });

  test('a folder as Dockerfile, and a file as context, are told as such', async () => {
    const files = { 'docker/Dockerfile': 'FROM a\n', file: '' };

    await expect(find(files, '/', 'docker')).rejects.toThrow(
      'Dockerfile location "docker" is a folder: give the file, such as docker/Dockerfile',
    );
    await expect(find(files, 'file', 'docker/Dockerfile')).rejects.toThrow(
      'Build context "file" is no folder of the source',
    );
  });

  test('a Dockerfile that a hook will make need not be there yet, but must be for the build', async () => {
    await using bench = await openPhaseBench();
    const files = { 'svc/hooks/pre_build': '#!/bin/sh\n' };
    const assignment = await bench.checkOut(files, { dockerfile: 'svc/Dockerfile' });

    const found = await findBuildFiles(assignment, bench.commands);

    expect(found).toMatchObject({ folder: '/workspace/source/svc', hasDockerfile: false });
    await expect(findDockerfile(assignment, bench.commands)).rejects.toThrow(
      'there is no Dockerfile',
    );
  });
});
