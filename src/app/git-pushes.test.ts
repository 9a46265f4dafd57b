import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openGitClient } from '#githost/testing';
import { parseRepositoryName } from '#kernel';
import { buildConfigurationOperations, buildOperations, repositoryOperations } from '#protocol';
import { makeBuildable } from './testing/buildable-repository.ts';
import { pushSource, sourceUrl } from './testing/source-push.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

const main = 'refs/heads/main';

async function deliveriesOf({ rooms }: TestServer, name: string) {
  const source = await rooms.sources.find({ provider: 'embedded', name });
  return rooms.sources.listDeliveries(source?.id ?? 0, { limit: 10 });
}

test('SET-31 a push comes back when its changes are in the ref log and planned', async () => {
  await using server = await startTestServer();
  await makeBuildable(server, 'app');

  const commit = await pushSource(server, server.ada, { name: 'ada/app', refs: [main] });

  const [delivery] = await deliveriesOf(server, 'ada/app');
  expect(delivery).toMatchObject({
    cause: 'push',
    pushedBy: 'ada',
    changes: [{ type: 'branch', name: 'main', commit }],
  });
  const { items } = await server.ada.client.call(buildOperations.deliveries, {
    params: { namespace: 'ada', name: 'app' },
  });
  expect(items[0]?.verdicts).toMatchObject([{ outcome: 'off' }]);
});

test('a tag that was deleted and is pushed again is built again', async () => {
  await using server = await startTestServer();
  await makeBuildable(server, 'app');
  await using client = await openGitClient();
  const rule = { source: 'v1', sourceType: 'tag', dockerTags: '1', autobuild: true } as const;
  const params = { namespace: 'ada', name: 'app' };
  await server.ada.client.call(buildConfigurationOperations.save, {
    params,
    body: { rules: [rule] },
  });
  await client.commit('one');
  const url = sourceUrl(server, server.ada, 'ada/app');
  const outcomes = async () => {
    const { items } = await server.ada.client.call(buildOperations.deliveries, { params });
    return items.map(({ verdicts }) => verdicts.map(({ outcome }) => outcome));
  };

  await client.run('push', '--quiet', url, 'HEAD:refs/tags/v1');
  await client.run('push', '--quiet', url, ':refs/tags/v1');
  await client.run('push', '--quiet', url, 'HEAD:refs/tags/v1');

  expect(await outcomes()).toMatchObject([['build'], ['deleted'], ['build'], ['off']]);
});

describe('a first push to a name that nothing is built from', () => {
  const params = { namespace: 'ada', name: 'new' };
  const unseen = 'there is no such repository, or you may not see it';

  async function startWithCommit() {
    await using opened = new AsyncDisposableStack();
    const server = opened.use(await startTestServer());
    const client = opened.use(await openGitClient());
    const commit = await client.commit('one');
    const kept = opened.move();
    return { server, client, commit, [Symbol.asyncDispose]: () => kept.disposeAsync() };
  }

  test('makes the repository and builds the pushed branch by the default rule, at this very push', async () => {
    await using started = await startWithCommit();
    const { server, client, commit } = started;

    const push = client.tell('push', sourceUrl(server, server.ada, 'ada/new'), 'HEAD:master');

    expect((await push).stderr).toContain(
      'remote: ada/new is new here: branch master is built as ada/new:latest',
    );
    const { items } = await server.ada.client.call(buildOperations.deliveries, { params });
    expect(items).toMatchObject([
      { pushedBy: 'ada', verdicts: [{ refName: 'master', outcome: 'build' }] },
    ]);
    const { rules } = await server.ada.client.call(buildConfigurationOperations.show, { params });
    expect(rules).toMatchObject([{ source: 'master', dockerTags: 'latest', autobuild: true }]);
    const builds = await server.ada.client.call(buildOperations.list, { params });
    expect(builds.items).toMatchObject([{ source: { commit }, state: 'pending' }]);
  });

  test('makes it once, however many come at once, and keeps what each of them brings', async () => {
    await using started = await startWithCommit();
    const { server, client } = started;
    const url = sourceUrl(server, server.ada, 'ada/new');
    const branches = ['one', 'two', 'three'];

    await Promise.all(branches.map((name) => client.run('push', '--quiet', url, `HEAD:${name}`)));

    const { refs } = await server.rooms.gitHost.readRefs(parseRepositoryName('ada/new'));
    expect(refs.map(({ name }) => name).toSorted()).toEqual(branches.toSorted());
    const { rules } = await server.ada.client.call(buildConfigurationOperations.show, { params });
    expect(rules).toHaveLength(1);
  });

  test('that only looks, or whose pack is refused, is no trouble for the next one', async () => {
    await using started = await startWithCommit();
    const { server, client } = started;
    const url = sourceUrl(server, server.ada, 'ada/new');
    const tree = await client.run('rev-parse', 'HEAD^{tree}');
    const broken = await client.keepObject('commit', `tree ${tree}\n\nby nobody`);

    await client.run('push', '--dry-run', url, 'main');
    const shown = server.ada.client.call(repositoryOperations.show, { params });
    await expect(shown).rejects.toMatchObject({ code: 'REPOSITORY_UNKNOWN' });
    await expect(client.run('push', url, `${broken}:refs/heads/main`)).rejects.toThrow('fsck');
    await client.run('push', '--quiet', url, 'main');

    const { items } = await server.ada.client.call(buildOperations.deliveries, { params });
    expect(items[0]?.verdicts).toMatchObject([{ refName: 'main', outcome: 'build' }]);
  });

  test.each(['ada/new', 'ghost/new', 'users/new'])(
    'is answered to who may not make it as for what is not there: %s',
    async (name) => {
      await using started = await startWithCommit();
      const { server, client } = started;
      await makeBuildable(server, 'app');
      const eve = server.bob;
      const words = async (repository: string) => {
        const url = sourceUrl(server, eve, repository);
        const error = await client.run('push', url, 'main').catch(String);
        return error.replaceAll(repository, 'NAME').replaceAll(url, 'URL');
      };

      expect(await words(name)).toContain(unseen);
      expect(await words(name)).toBe(await words('ada/app'));
    },
  );

  test('is refused in words where the repository is built from elsewhere', async () => {
    await using started = await startWithCommit();
    const { server, client } = started;
    await makeBuildable(server, 'app');
    const { client: api } = server.ada;
    await api.call(repositoryOperations.create, { body: { name: 'ada/new' } });
    const source = { provider: 'embedded', repository: 'ada/app' } as const;
    await api.call(buildConfigurationOperations.save, { params, body: { source } });

    const push = client.run('push', sourceUrl(server, server.ada, 'ada/new'), 'main');

    await expect(push).rejects.toThrow('ada/new is built from ada/app: push there');
  });

  test.each(['repo:write', 'repo:read'] as const)('with a token %s', async (scope) => {
    await using started = await startWithCommit();
    const { server, client } = started;
    const { basic } = await server.ada.makeToken(scope);
    const header = `http.extraHeader=Authorization: ${basic}`;

    const push = client.run('-c', header, 'push', `${server.url}/git/ada/new`, 'main');

    if (scope === 'repo:write') await push;
    else await expect(push).rejects.toThrow(/403|may|not/);
  });
});

test('a push whose source can not be read is listed as one that waits, and says that it fails', async () => {
  await using folder = await temporaryFolder();
  await using server = await startTestServer({ folder: folder.path });
  await makeBuildable(server, 'app');
  const source = await server.rooms.sources.find({ provider: 'embedded', name: 'ada/app' });
  await rename(join(folder.path, 'git', '1.git'), join(folder.path, 'git', 'elsewhere'));

  const look = server.rooms.sources.observe(source?.id ?? 0, { cause: 'manual' });

  await expect(look).rejects.toMatchObject({ code: 'LOOK_FAILED' });
  const { items } = await server.ada.client.call(buildOperations.deliveries, {
    params: { namespace: 'ada', name: 'app' },
  });
  expect(items).toMatchObject([
    { state: 'received', isFailing: true, changes: [] },
    { state: 'done', isFailing: false, changes: [{ name: 'main' }] },
  ]);
});

test('a push that was taken and not recorded is found when the server starts again', async () => {
  await using folder = await temporaryFolder();
  await using client = await openGitClient();
  {
    await using server = await startTestServer({ folder: folder.path });
    await makeBuildable(server, 'app');
  }
  const commit = await client.commit('while no server was up');
  await client.run('push', '--quiet', '--force', join(folder.path, 'git', '1.git'), 'main');

  await using server = await startTestServer({ folder: folder.path });

  await expect.poll(() => deliveriesOf(server, 'ada/app')).toHaveLength(2);
  expect((await deliveriesOf(server, 'ada/app'))[0]).toMatchObject({
    cause: 'start',
    changes: [{ name: 'main', commit }],
  });
});
