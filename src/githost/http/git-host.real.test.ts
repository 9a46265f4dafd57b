import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { parseRepositoryName } from '#kernel';
import { openGitClient } from '../testing/git-client.ts';
import { startTestGitHost, type TestGitHost } from '../testing/test-git-host.ts';

const name = 'ada/app';

const appName = parseRepositoryName(name);

/** Its refs as text, as they are now. */
async function refsOf({ repositories }: TestGitHost) {
  const { refs } = await repositories.readRefs(appName);
  return refs.map((ref) => `${ref.type} ${ref.name} ${ref.commit}`);
}

test('a repository is made once, and found under its name', async () => {
  await using host = await startTestGitHost();
  const other = parseRepositoryName('ada/other');

  const [one, two] = await Promise.all([
    host.repositories.create(other),
    host.repositories.create(other),
  ]);

  expect(one).toEqual(two);
  expect(await host.repositories.find(other)).toEqual(one);
  expect(await host.repositories.find(parseRepositoryName('ada/none'))).toBeUndefined();
  expect(await host.repositories.readRefs(other)).toEqual({ refs: [], defaultBranch: undefined });
});

test('a push comes back when what follows from it is done', async () => {
  await using host = await startTestGitHost();
  await using client = await openGitClient();
  const commit = await client.commit('one');

  await client.run('push', '--quiet', host.urlOf(name, 'ada'), 'main');

  expect(host.pushes).toEqual([
    {
      pushedBy: 'ada',
      deleted: [],
      refs: [{ type: 'branch', name: 'main', commit }],
      defaultBranch: 'main',
    },
  ]);
});

test('SET-31 tags are read as the commits they lead to, annotated ones peeled', async () => {
  await using host = await startTestGitHost();
  await using client = await openGitClient();
  const commit = await client.commit('one');
  await client.run('tag', 'light');
  await client.run('tag', '-a', '-m', 'one', 'v1');
  await client.run('tag', '-a', '-m', 'a tag of a tag', 'v1-again', 'v1');
  await client.run('tag', 'of-a-tree', 'HEAD^{tree}');

  await client.run('push', '--quiet', '--tags', host.urlOf(name, 'ada'), 'main');

  expect(await refsOf(host)).toEqual([
    `branch main ${commit}`,
    `tag light ${commit}`,
    `tag v1 ${commit}`,
    `tag v1-again ${commit}`,
  ]);
});

test('pushes are forced and refs deleted as anywhere', async () => {
  await using host = await startTestGitHost();
  await using client = await openGitClient();
  const url = host.urlOf(name, 'ada');
  await client.commit('one');
  await client.run('push', '--quiet', url, 'main', 'main:topic');
  await client.run('commit', '--quiet', '--amend', '--message', 'another one');
  const amended = await client.run('rev-parse', 'HEAD');

  await expect(client.run('push', url, 'main')).rejects.toThrow('non-fast-forward');
  await client.run('push', '--quiet', '--force', url, 'main');
  await client.run('push', '--quiet', '--delete', url, 'topic');

  expect(await refsOf(host)).toEqual([`branch main ${amended}`]);
});

test.each([
  { pushed: ['topic', 'main'], chosen: 'main' },
  { pushed: ['topic', 'master'], chosen: 'master' },
  { pushed: ['topic', 'zebra'], chosen: 'topic' },
])('the first push of $pushed makes $chosen the default branch', async ({ pushed, chosen }) => {
  await using host = await startTestGitHost();
  await using client = await openGitClient();
  await using clone = await openGitClient();
  await client.commit('one');
  const url = host.urlOf(name, 'ada');

  await client.run('push', '--quiet', url, ...pushed.map((branch) => `HEAD:refs/heads/${branch}`));

  expect(host.pushes.at(-1)?.defaultBranch).toBe(chosen);
  expect(await clone.run('ls-remote', '--symref', url, 'HEAD')).toContain(`refs/heads/${chosen}`);
});

test('SET-42 an exact commit is cloned shallow, also one that its branch has left', async () => {
  await using host = await startTestGitHost();
  await using client = await openGitClient();
  await using clone = await openGitClient();
  const url = host.urlOf(name, 'ada');
  const first = await client.commit('one');
  await client.run('push', '--quiet', url, 'main');
  await client.commit('two');
  await client.run('commit', '--quiet', '--amend', '--message', 'another root');
  await client.run('push', '--quiet', '--force', url, 'main');

  await clone.run('fetch', '--quiet', '--depth=1', url, first);

  expect(await clone.run('rev-parse', 'FETCH_HEAD')).toBe(first);
  expect(await clone.run('rev-list', '--count', 'FETCH_HEAD')).toBe('1');
});

test('a private repository is refused in the same words as one that is not there', async () => {
  await using host = await startTestGitHost();
  await using client = await openGitClient();
  await host.repositories.create(parseRepositoryName('ada/private-app'));
  const answerTo = async (path: string, person?: 'eve') => {
    const url = `${host.origin}/git/${path}.git/info/refs?service=git-upload-pack`;
    const headers = person ? { authorization: `Basic ${btoa('eve:eve-password')}` } : {};
    const response = await fetch(url, { headers });
    return { status: response.status, text: await response.text() };
  };

  expect(await answerTo('ada/private-app', 'eve')).toEqual(await answerTo('ada/private-no', 'eve'));
  expect(await answerTo('ada/private-app')).toEqual(await answerTo('ada/private-no'));
  await expect(client.run('ls-remote', host.urlOf('ada/private-app', 'eve'))).rejects.toThrow(
    'no such repository, or you may not see it',
  );
});

test('A33 who may only read can not push, is told so, and makes nobody look at the source', async () => {
  await using host = await startTestGitHost();
  await using client = await openGitClient();
  await client.commit('one');

  const push = client.run('push', host.urlOf(name, 'eve'), 'main');

  await expect(push).rejects.toThrow('eve may only read ada/app');
  expect(host.pushes).toEqual([]);
});

test('a compressed request is understood', async () => {
  await using host = await startTestGitHost();
  await using client = await openGitClient();
  await client.commit('one');
  await client.run('push', '--quiet', host.urlOf(name, 'ada'), 'main');
  const words = '0014command=ls-refs\n0000';

  const response = await fetch(`${host.origin}/git/${name}.git/git-upload-pack`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa('ada:ada-password')}`,
      'content-type': 'application/x-git-upload-pack-request',
      'content-encoding': 'gzip',
      'git-protocol': 'version=2',
    },
    body: gzipSync(words),
  });

  expect(response.status).toBe(200);
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(response.headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
  expect(await response.text()).toContain('refs/heads/main');
});

test('a push whose client vanishes before the end changes nothing, and the host goes on', async () => {
  await using host = await startTestGitHost();
  await using client = await openGitClient();
  await client.commit('one');
  const url = `${host.origin}/git/${name}.git/git-receive-pack`;

  const command = `${'0'.repeat(40)} ${'a'.repeat(40)} refs/heads/main\0report-status`;
  const length = (command.length + 4).toString(16).padStart(4, '0');

  await sendAndVanish(url, `00a5${'0'.repeat(40)} `, 5_000);
  await sendAndVanish(url, `${length}${command}0000PACK`, 5_000);
  await expect.poll(() => host.pushes).toMatchObject([{ pushedBy: 'ada', refs: [] }]);
  await client.run('push', '--quiet', host.urlOf(name, 'ada'), 'main:other');

  expect(await refsOf(host)).toEqual([expect.stringContaining('branch other ')]);
});

/** Sends that much of a push, of which `announced` bytes were promised, and hangs up. */
function sendAndVanish(url: string, body: string, announced = body.length): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const request = httpRequest(url, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa('ada:ada-password')}`,
      'content-type': 'application/x-git-receive-pack-request',
      'content-length': announced,
    },
  });
  request.on('error', () => resolve());
  request.write(body, () => {
    request.destroy();
    resolve();
  });
  return promise;
}

test('A21 names and refs that look like options or commands stay names', async () => {
  await using host = await startTestGitHost();
  await using client = await openGitClient();
  await client.commit('one');
  const hostile = ['$(id)', 'a;id', "b'c", '`id`', '--upload-pack=id', 'x|y&z'];

  const specs = hostile.map((branch) => `HEAD:refs/heads/${branch}`);
  await client.run('push', '--quiet', host.urlOf(name, 'ada'), ...specs);

  const names = (await refsOf(host)).map((ref) => ref.split(' ')[1] ?? '');
  expect(names.toSorted()).toEqual(hostile.toSorted());
  expect(await readdir(host.repositories.folder)).toEqual(['1.git']);
});

test('a repository whose folder was never made is made when its refs are read', async () => {
  await using host = await startTestGitHost();
  await using client = await openGitClient();
  await rm(join(host.repositories.folder, '1.git'), { recursive: true });
  await client.commit('one');

  expect(await refsOf(host)).toEqual([]);
  await client.run('push', '--quiet', host.urlOf(name, 'ada'), 'main');

  expect(await refsOf(host)).toHaveLength(1);
});

test('a folder that is missing is trouble where there were refs, and not emptiness', async () => {
  await using host = await startTestGitHost();
  await using client = await openGitClient();
  const commit = await client.commit('one');
  const url = host.urlOf(name, 'ada');
  await client.run('push', '--quiet', url, 'main');
  const folder = join(host.repositories.folder, '1.git');
  await rename(folder, `${folder}-elsewhere`);

  const reading = host.repositories.readRefs(appName);

  await expect(reading).rejects.toMatchObject({
    code: 'GIT_REFS_UNREADABLE',
    message: expect.stringContaining('is missing on this server'),
  });
  await expect(client.run('push', url, 'main:other')).rejects.toThrow('500');
  await rename(`${folder}-elsewhere`, folder);
  expect(await refsOf(host)).toEqual([`branch main ${commit}`]);
});

test('a repository of which objects are lost says nothing of its refs, and not that they are gone', async () => {
  await using host = await startTestGitHost();
  await using client = await openGitClient();
  await client.commit('one');
  await client.run('push', '--quiet', host.urlOf(name, 'ada'), 'main');
  await rm(join(host.repositories.folder, '1.git', 'objects'), { recursive: true });
  await mkdir(join(host.repositories.folder, '1.git', 'objects'));

  const reading = host.repositories.readRefs(appName);

  await expect(reading).rejects.toMatchObject({ code: 'GIT_REFS_UNREADABLE' });
});

test('what a push deleted is told, and not what was refused to be deleted', async () => {
  await using host = await startTestGitHost();
  await using client = await openGitClient();
  await client.commit('one');
  const url = host.urlOf(name, 'ada');
  await client.run('push', '--quiet', url, 'main', 'main:topic', 'main:refs/tags/v1');

  await client.run('push', '--quiet', url, ':refs/tags/v1', ':topic', 'main:other');

  expect(host.pushes.map(({ deleted }) => deleted)).toEqual([
    [],
    [
      { type: 'branch', name: 'topic' },
      { type: 'tag', name: 'v1' },
    ],
  ]);
});

test('50,000 refs are read without keeping anybody else waiting', async () => {
  await using host = await startTestGitHost();
  await using client = await openGitClient();
  const commit = await client.commit('one');
  await client.run('push', '--quiet', host.urlOf(name, 'ada'), 'main');
  const packed = Array.from({ length: 50_000 }, (_, index) => `${commit} refs/tags/v${index}\n`);
  const file = join(host.repositories.folder, '1.git', 'packed-refs');
  await writeFile(file, `# pack-refs with: peeled fully-peeled \n${packed.toSorted().join('')}`);
  using turns = watchTurns();

  const { refs } = await host.repositories.readRefs(appName);

  expect(refs).toHaveLength(50_001);
  expect(turns.longestMilliseconds()).toBeLessThan(100);
});

/** How long the longest turn of the event loop worked, whatever else the machine does meanwhile. */
function watchTurns() {
  let longest = 0;
  let before = process.threadCpuUsage();
  const look = () => {
    const { user, system } = process.threadCpuUsage(before);
    longest = Math.max(longest, user + system);
    before = process.threadCpuUsage();
    next = setImmediate(look);
  };
  let next = setImmediate(look);
  return {
    longestMilliseconds: () => longest / 1_000,
    [Symbol.dispose]: () => clearImmediate(next),
  };
}

test('a push whose client vanishes after its end is seen through and told', async () => {
  await using host = await startTestGitHost();
  await using client = await openGitClient();
  const commit = await client.commit('one');
  await client.run('push', '--quiet', host.urlOf(name, 'ada'), 'main', 'main:topic');
  const command = `${commit} ${'0'.repeat(40)} refs/heads/topic\0report-status delete-refs`;
  const length = (command.length + 4).toString(16).padStart(4, '0');

  await sendAndVanish(`${host.origin}/git/${name}.git/git-receive-pack`, `${length}${command}0000`);

  await expect.poll(() => host.pushes).toHaveLength(2);
  expect(await refsOf(host)).toEqual([`branch main ${commit}`]);
});

test('no hook in a repository of the host ever runs', async () => {
  await using host = await startTestGitHost();
  await using client = await openGitClient();
  const hooks = join(host.repositories.folder, '1.git', 'hooks');
  await mkdir(hooks, { recursive: true });
  await writeFile(join(hooks, 'pre-receive'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  await client.commit('one');

  await client.run('push', '--quiet', host.urlOf(name, 'ada'), 'main');

  expect(await refsOf(host)).toHaveLength(1);
});
