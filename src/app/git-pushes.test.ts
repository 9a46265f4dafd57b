import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openGitClient } from '#githost/testing';
import { parseRepositoryName } from '#kernel';
import { buildConfigurationOperations, buildOperations } from '#protocol';
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

test('a push to a repository that nothing is built from is taken', async () => {
  await using server = await startTestServer();
  const name = parseRepositoryName('ada/plain');
  await server.rooms.gitHost.create(name);

  const commit = await pushSource(server, server.ada, { name, refs: [main] });

  const { refs } = await server.rooms.gitHost.readRefs(name);
  expect(refs).toEqual([{ type: 'branch', name: 'main', commit }]);
  expect(server.logger.failures).toEqual([]);
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
