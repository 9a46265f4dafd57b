import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openPhaseBench } from '../testing/phase-bench.ts';
import { clone } from './clone.ts';
import { installSshKey } from './ssh-key.ts';

const files = { Dockerfile: 'FROM scratch\n' };

describe('a clone', () => {
  test('SET-42 has one commit, one branch of the right name, and no other', async () => {
    await using bench = await openPhaseBench();
    await bench.server.git.commit({ old: '' });
    await bench.server.git.commit(files, { branch: 'other' });
    const { source } = await bench.checkOut(files);

    expect(await bench.print('git', 'rev-list', '--count', 'HEAD')).toBe('1');
    expect(await bench.print('git', 'rev-parse', 'HEAD')).toBe(source.commit);
    expect(await bench.print('git', 'branch', '-r')).toBe('origin/main');
    expect(await bench.print('git', 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('main');
    expect(await bench.print('git', 'status', '--porcelain', '--branch')).toBe(
      '## main...origin/main',
    );
  });

  test('SET-42 is of the commit of the event, though the branch has moved on', async () => {
    await using bench = await openPhaseBench();
    const first = await bench.server.git.commit({ Dockerfile: 'FROM one\n' });
    await bench.server.git.commit({ Dockerfile: 'FROM two\n' });

    await clone(bench.server.assignment(first), bench);

    expect(await bench.print('git', 'rev-parse', 'HEAD')).toBe(first);
    expect(await bench.print('cat', 'Dockerfile')).toBe('FROM one');
  });

  test('LNK-07 A22 can be made whole by a hook, and origin holds no credential', async () => {
    await using bench = await openPhaseBench();
    await bench.server.git.commit({ old: '' });
    await bench.checkOut(files);

    await bench.print('git', 'fetch', '--quiet', '--unshallow', 'origin');

    expect(await bench.print('git', 'rev-list', '--count', 'HEAD')).toBe('2');
    expect(await bench.print('git', 'config', 'remote.origin.url')).toBe(
      'http://hub.example.com:5000/git/myorg/source.git',
    );
    expect(await bench.print('git', 'config', '--list')).not.toContain('attempt-token');
  });

  test('brings the tags that point to the commit, and no others', async () => {
    await using bench = await openPhaseBench();
    await bench.server.git.commit({ old: '' });
    await bench.server.git.git('tag', 'v1');
    const commit = await bench.server.git.commit(files);
    await bench.server.git.git('tag', 'v2');
    await bench.server.git.git('tag', '--annotate', '--message', 'Two', 'v2-annotated');

    await clone(bench.server.assignment(commit), bench);

    expect(await bench.print('git', 'tag')).toBe('v2\nv2-annotated');
    expect(await bench.print('git', 'describe')).toBe('v2-annotated');
  });

  test('of a tag has the tag, and HEAD on no branch', async () => {
    await using bench = await openPhaseBench();
    const commit = await bench.server.git.commit(files);
    await bench.server.git.git('tag', '--annotate', '--message', 'One', 'v1');
    const source = { path: bench.server.git.path, type: 'tag' as const, name: 'v1', commit };

    await clone(bench.server.assignment(commit, { source }), bench);

    expect(await bench.print('git', 'describe', '--exact-match')).toBe('v1');
    expect(await bench.print('git', 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('HEAD');
  });

  test('of a tag that was moved has it where the event saw it', async () => {
    await using bench = await openPhaseBench();
    const commit = await bench.server.git.commit(files);
    await bench.server.git.commit({ Dockerfile: 'FROM two\n' });
    await bench.server.git.git('tag', 'v1');
    const source = { path: bench.server.git.path, type: 'tag' as const, name: 'v1', commit };

    await clone(bench.server.assignment(commit, { source }), bench);

    expect(await bench.print('git', 'rev-parse', 'v1')).toBe(commit);
  });

  test('gives the whole commit message', async () => {
    await using bench = await openPhaseBench();
    const commit = await bench.server.git.commit(files, { message: 'Fix "it"\n\nand  more' });

    const checkout = await clone(bench.server.assignment(commit), bench);

    expect(checkout.commitMessage).toBe('Fix "it"\n\nand  more');
  });

  test('of a branch that is gone fails with the reason', async () => {
    await using bench = await openPhaseBench();
    await bench.server.git.commit(files);
    const gone = { path: bench.server.git.path, type: 'branch' as const, name: 'gone' };
    const source = { ...gone, commit: '1'.repeat(40) };

    const cloning = clone(bench.server.assignment(source.commit, { source }), bench);

    await expect(cloning).rejects.toMatchObject({
      reason: 'clone_failed',
      message: expect.stringContaining('branch gone is not in the source any more') as string,
    });
  });

  test('of a commit that was overwritten fails with the reason', async () => {
    await using bench = await openPhaseBench();
    await bench.server.git.commit(files);

    const cloning = clone(bench.server.assignment('1'.repeat(40)), bench);

    await expect(cloning).rejects.toThrow('is not in branch main any more');
  });

  test('A21 A22 fetches submodules by no transport that reads this host’s files', async () => {
    await using bench = await openPhaseBench();
    const { git } = bench.server;
    const gitmodules = '[submodule "sub"]\n  path = sub\n  url = file:///etc\n';
    const base = await git.commit({ ...files, '.gitmodules': gitmodules });
    await git.git('update-index', '--add', '--cacheinfo', `160000,${base},sub`);
    await git.git('commit', '--quiet', '--message', 'Link');
    const commit = await git.git('rev-parse', 'HEAD');

    const cloning = clone(bench.server.assignment(commit), bench);

    await expect(cloning).rejects.toThrow('a submodule could not be fetched');
    expect(bench.lines.join('\n')).toContain("transport 'file' not allowed");
  });
});

test('a user’s private key becomes a file that only its owner reads', async () => {
  await using bench = await openPhaseBench();

  await installSshKey(bench.commands, 'KEY\\nLINES');

  const facts = await stat(join(bench.root, 'home/.ssh/id_rsa'));
  expect(facts.mode & 0o777).toBe(0o600);
});
