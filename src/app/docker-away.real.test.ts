import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openGitClient } from '#githost/testing';
import { buildOperations } from '#protocol';
import { makeBuildable } from './testing/buildable-repository.ts';
import { openDockerEngine } from './testing/docker-engine.ts';
import { sourceUrl } from './testing/source-push.ts';
import { startBuild } from './testing/started-build.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

/** Of branch `one` the first attempt never ends by itself. */
const buildHook = `#!/bin/bash
case $SOURCE_BRANCH-$BUILD_CODE in one-*-1) echo waits; sleep 3600 ;; esac
tar --create --files-from /dev/null | docker import - "$IMAGE_NAME"
`;

const branches = ['one', 'two'];
const soon = { timeout: 120_000, interval: 200 };

async function pushHooks(server: TestServer): Promise<void> {
  await using git = await openGitClient();
  await mkdir(join(git.folder, 'hooks'));
  await writeFile(join(git.folder, 'Dockerfile'), 'FROM scratch\n');
  await writeFile(join(git.folder, 'hooks/build'), buildHook);
  await git.run('add', '--all');
  await git.commit('with a hook');
  const refs = branches.map((branch) => `+HEAD:refs/heads/${branch}`);
  await git.run('push', '--quiet', sourceUrl(server, server.ada, 'ada/app'), ...refs);
}

test('Docker that is stopped and started under queued and running builds fails none of them', async () => {
  await using engine = await openDockerEngine();
  await using home = await temporaryFolder();
  await using server = await startTestServer({
    environment: { SLIPWAY_BUILDER: 'true', SLIPWAY_BUILDER_SLOTS: '1' },
    surroundings: { PATH: process.env['PATH'], HOME: home.path, DOCKER_HOST: engine.host },
  });
  const ready = async () => {
    const answer = await fetch(`${server.url}/readyz`);
    return { code: answer.status, ...((await answer.json()) as object) };
  };
  const reportOf = (buildId: number) =>
    server.ada.client.call(buildOperations.show, { params: { buildId } });
  const endsOf = async (buildId: number) =>
    (await reportOf(buildId)).attemptList.map(({ state }) => state);
  await makeBuildable(server, 'app', { branches });
  await pushHooks(server);

  // Docker is not up when the server starts.
  const [one, two] = [
    await startBuild(server, 'app', 'one'),
    await startBuild(server, 'app', 'two'),
  ];
  const degraded = { code: 200, status: 'degraded' };
  const withReason = {
    ...degraded,
    components: { builder: { reason: expect.stringContaining('Docker Engine does not answer') } },
  };
  await expect.poll(ready, soon).toMatchObject(withReason);
  expect(await reportOf(one)).toMatchObject({ state: 'pending' });

  // It comes, and one build runs while the other waits.
  await engine.start();
  await expect.poll(ready, soon).toMatchObject({ status: 'ok' });
  await expect.poll(async () => JSON.stringify(await reportOf(one)), soon).toContain('"build"');
  expect(await reportOf(two)).toMatchObject({ state: 'pending' });

  // It goes: both wait, and the server says why.
  await engine.stop();
  await expect.poll(ready, soon).toMatchObject(withReason);
  await expect.poll(() => reportOf(one), soon).toMatchObject({ state: 'pending' });
  expect(await reportOf(two)).toMatchObject({ state: 'pending' });

  // It comes back: both succeed, the one that was interrupted in its second attempt.
  await engine.start();
  await expect.poll(() => reportOf(two), soon).toMatchObject({ state: 'success' });
  await expect.poll(() => reportOf(one), soon).toMatchObject({ state: 'success' });
  expect(await endsOf(one)).toEqual(['lost', 'success']);
  expect(await endsOf(two)).toEqual(['success']);

  // Nothing is left of the sandbox that could not be removed while Docker was away.
  const leftovers = () =>
    engine.docker('ps', '--all', '--quiet', '--filter', 'label=slipway.sandbox');
  await expect.poll(leftovers, soon).toBe('');
  await expect.poll(ready, soon).toMatchObject({ status: 'ok' });
});
