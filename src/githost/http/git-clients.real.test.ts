import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseRepositoryName } from '#kernel';
import { type GitClient, openGitClient } from '../testing/git-client.ts';
import { startTestGitHost, type TestGitHost } from '../testing/test-git-host.ts';

const name = 'ada/app';

async function refNames({ repositories }: TestGitHost): Promise<readonly string[]> {
  const { refs } = await repositories.readRefs(parseRepositoryName(name));
  return refs.map((ref) => `${ref.type} ${ref.name}`);
}

/** A host with `main` pushed to it. */
async function startPushedHost() {
  await using opened = new AsyncDisposableStack();
  const host = opened.use(await startTestGitHost());
  const client = opened.use(await openGitClient());
  const first = await client.commit('one');
  const url = host.urlOf(name, 'ada');
  await client.run('push', '--quiet', url, 'main');
  const kept = opened.move();
  return { host, client, first, url, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

describe('addresses', () => {
  test.each(['', '/', '.git', '.git/'])('a repository is reached as ada/app%s', async (ending) => {
    await using host = await startTestGitHost();
    await using client = await openGitClient();
    const commit = await client.commit('one');
    const url = host.urlOf(name, 'ada').replace(/\.git$/, ending);

    await client.run('push', '--quiet', url, 'main');

    expect(await client.run('ls-remote', url, 'main')).toBe(`${commit}\trefs/heads/main`);
    await client.run('clone', '--quiet', url, 'copy');
  });

  test.each([
    ['info/refs', 404],
    ['HEAD', 404],
    ['objects/ab/cdef0123', 404],
    ['objects/info/packs', 404],
    ['', 404],
    ['%6fbjects/info/packs', 400],
  ])(
    'a client without the smart protocol that asks for %j is told so with %i',
    async (path, status) => {
      await using host = await startTestGitHost();

      const response = await fetch(`${host.origin}/git/${name}.git/${path}`);

      expect(response.status).toBe(status);
      expect(await response.text()).toMatch(/smart HTTP protocol|without encoded characters/);
    },
  );

  test('a HEAD request is told which method is right', async () => {
    await using host = await startTestGitHost();
    const url = `${host.origin}/git/${name}/info/refs?service=git-upload-pack`;

    const response = await fetch(url, { method: 'HEAD' });

    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET']);
  });
});

describe('ways to push', () => {
  test.each(['0', '1', '2'])('protocol version %s', async (version) => {
    await using pushed = await startPushedHost();
    const { client, url } = pushed;
    const speak = ['-c', `protocol.version=${version}`];
    const second = await client.commit('two');

    await client.run(...speak, 'push', '--quiet', url, 'main');
    await client.run(...speak, 'fetch', '--quiet', url, 'main');

    expect(await client.run('rev-parse', 'FETCH_HEAD')).toBe(second);
  });

  test('push options are taken', async () => {
    await using pushed = await startPushedHost();
    const { client, host, url } = pushed;

    await client.run('push', '--quiet', '-o', 'ci.skip', '-o', '$(id)', url, 'main:topic');

    expect(await refNames(host)).toEqual(['branch main', 'branch topic']);
  });

  test('an atomic push of which one ref is refused changes none', async () => {
    await using pushed = await startPushedHost();
    const { client, host, url } = pushed;
    await client.run('commit', '--quiet', '--amend', '--message', 'another root');

    const push = client.run('push', '--atomic', url, 'HEAD:main', 'HEAD:topic');

    await expect(push).rejects.toThrow('atomic push failed');
    expect(await refNames(host)).toEqual(['branch main']);
  });

  test('a push with a lease is refused when somebody else has pushed, and else taken', async () => {
    await using pushed = await startPushedHost();
    const { client, first, url } = pushed;
    const second = await client.commit('two');
    await client.run('push', '--quiet', url, 'main');
    await client.run('commit', '--quiet', '--amend', '--message', 'mine');

    const stale = client.run('push', `--force-with-lease=main:${first}`, url, 'main');

    await expect(stale).rejects.toThrow('stale info');
    await client.run('push', '--quiet', `--force-with-lease=main:${second}`, url, 'main');
  });

  test('a mirror brings all refs and takes away those that are gone, the default branch too', async () => {
    await using pushed = await startPushedHost();
    const { client, host, url } = pushed;
    await client.run('branch', '--move', 'main', 'trunk');
    await client.run('tag', '-a', '-m', 'one', 'v1');
    await client.run('update-ref', 'refs/pull/7/head', 'HEAD');

    await client.run('push', '--quiet', '--mirror', url);

    expect(await refNames(host)).toEqual(['branch trunk', 'tag v1']);
    expect(host.pushes.at(-1)?.defaultBranch).toBe('trunk');
    expect(await client.run('ls-remote', '--symref', url, 'HEAD')).toContain('refs/heads/trunk');
  });

  test('a shallow clone pushes what it has made; the history that it has not is missed', async () => {
    await using pushed = await startPushedHost();
    const { client, host, url } = pushed;
    await client.commit('two');
    await client.run('push', '--quiet', url, 'main');
    await client.run('clone', '--quiet', '--depth=1', url, 'shallow');
    const shallow = (...words: string[]) => client.run('-C', 'shallow', ...words);
    await shallow('commit', '--quiet', '--allow-empty', '--message', 'three');

    await shallow('push', '--quiet', url, 'HEAD:main');

    await host.repositories.create(parseRepositoryName('ada/empty'));
    const first = shallow('push', host.urlOf('ada/empty', 'ada'), 'HEAD:main');
    await expect(first).rejects.toThrow('shallow update not allowed');
  });

  test('a push that is larger than a client sends in one piece is taken', async () => {
    await using pushed = await startPushedHost();
    const { client, host, url } = pushed;
    await writeFile(join(client.folder, 'noise'), noise(4 * 1024 * 1024));
    await client.run('add', 'noise');
    const commit = await client.commit('large');

    await client.run('-c', 'http.postBuffer=65536', 'push', '--quiet', url, 'main');

    const { refs } = await host.repositories.readRefs(parseRepositoryName(name));
    expect(refs).toMatchObject([{ commit }]);
  });
});

/** That no packing makes smaller. */
function noise(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  let state = 1;
  for (let at = 0; at < size; at += 1) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    bytes[at] = state >>> 16;
  }
  return bytes;
}

describe('Git LFS', () => {
  const said = /this host keeps no Git LFS objects: put the files into git itself/;

  async function trackWithLfs(client: GitClient): Promise<void> {
    await client.run('lfs', 'install', '--local');
    await client.run('lfs', 'track', '*.bin');
    await writeFile(join(client.folder, 'large.bin'), 'large');
    await client.run('add', '.gitattributes', 'large.bin');
    await client.commit('with a large file');
  }

  test('a push is told why its objects are not taken, and changes nothing', async () => {
    await using host = await startTestGitHost();
    await using client = await openGitClient();
    await trackWithLfs(client);
    await client.run('remote', 'add', 'origin', host.urlOf(name, 'ada'));

    await expect(client.run('push', 'origin', 'main')).rejects.toThrow(said);

    expect(await refNames(host)).toEqual([]);
  });

  test.each([
    ['POST', 'objects/batch'],
    ['GET', 'locks'],
    ['POST', 'locks/verify'],
    ['POST', 'locks'],
  ])('%s %s is answered in the form of the LFS API, whatever is there', async (method, path) => {
    await using host = await startTestGitHost();

    for (const repository of [`${name}.git`, name, 'ada/private-no.git']) {
      const url = `${host.origin}/git/${repository}/info/lfs/${path}`;
      const response = await fetch(url, { method, ...(method === 'POST' ? { body: '{}' } : {}) });

      expect(response.status).toBe(501);
      expect(response.headers.get('content-type')).toBe('application/vnd.git-lfs+json');
      expect(await response.json()).toEqual({
        message: expect.stringMatching(said),
        documentation_url: expect.stringMatching(/^https:/),
      });
    }
  });
});
