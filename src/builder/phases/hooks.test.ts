import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openPhaseBench } from '../testing/phase-bench.ts';
import { findHooks, refuseUnrunnable } from './hooks.ts';

function hook(firstLine: string, isInside = true) {
  return { name: 'build', isInside, firstLine } as const;
}

test.each(['#!/bin/bash', '#!/usr/bin/env python3', '#! /bin/sh -e', '\u007fELF\u0002'])(
  'a hook that begins with %j runs',
  (firstLine) => {
    expect(() => refuseUnrunnable(hook(firstLine))).not.toThrow();
  },
);

test('a hook without an interpreter line is refused with the line to write', () => {
  expect(() => refuseUnrunnable(hook('echo hello'))).toThrow(
    'hooks/build has no interpreter line: begin it with a line such as #!/bin/bash',
  );
});

test('a hook with Windows line ends is refused with the setting that mends it', () => {
  expect(() => refuseUnrunnable(hook('#!/bin/bash\r'))).toThrow('eol=lf');
});

test('A24 a hook that leads out of the source is refused', () => {
  expect(() => refuseUnrunnable(hook('', false))).toThrow('leads out of the source');
});

describe('LNK-02 the hooks of a build', () => {
  const root = { folder: '/workspace/source' };

  test('are the ten names in the folder beside the Dockerfile, and no other file', async () => {
    await using bench = await openPhaseBench();
    await bench.checkOut({
      'hooks/build': '#!/bin/sh\n',
      'hooks/build.sh': '#!/bin/sh\n',
      'hooks/env': 'A=1\n',
      'hooks/~push': '#!/bin/sh\n',
      'hooks/test/inner': '#!/bin/sh\n',
      'svc/hooks/pre_build': '#!/bin/bash\r\necho\r\n',
    });

    const atRoot = await findHooks(root, bench.commands);
    const nested = await findHooks({ folder: '/workspace/source/svc' }, bench.commands);

    expect([...atRoot.keys()]).toEqual(['build']);
    expect([...nested.values()]).toEqual([
      { name: 'pre_build', isInside: true, firstLine: '#!/bin/bash\r' },
    ]);
  });

  test('are made executable, whatever git says', async () => {
    await using bench = await openPhaseBench();
    await bench.checkOut({ 'hooks/build': '#!/bin/sh\n' });

    await findHooks(root, bench.commands);

    const facts = await stat(join(bench.root, 'workspace/source/hooks/build'));
    expect(facts.mode & 0o111).toBe(0o111);
  });

  test('A24 may lie elsewhere in the source behind a link, but not outside of it', async () => {
    await using bench = await openPhaseBench();
    await bench.checkOut({
      'shared/build': '#!/bin/sh\n',
      'ubuntu/hooks': '→ ../shared',
      'debian/hooks/build': '→ /bin/true',
    });

    const linked = await findHooks({ folder: '/workspace/source/ubuntu' }, bench.commands);
    const escaped = await findHooks({ folder: '/workspace/source/debian' }, bench.commands);

    expect(linked.get('build')).toMatchObject({ isInside: true });
    expect(escaped.get('build')).toMatchObject({ isInside: false });
  });

  test('may be files of any kind: what can’t be read as text breaks nothing', async () => {
    await using bench = await openPhaseBench();
    await bench.checkOut({ 'hooks/build': '\u007fELF\u0000\u0001', 'hooks/push': '' });

    const hooks = await findHooks(root, bench.commands);

    expect(hooks.get('build')?.firstLine).toMatch(/^\u007fELF/);
    expect(hooks.get('push')?.firstLine).toBe('');
  });
});
