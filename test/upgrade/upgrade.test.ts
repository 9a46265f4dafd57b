import { expect, test } from 'vitest';
import { createSlipwayClient } from '#client';
import { parseReference, systemClock } from '#kernel';
import { buildConfigurationOperations, buildOperations, repositoryOperations } from '#protocol';
import { createRegistryClient, type Descriptor, readContent } from '#transfer';
import { openGitProject } from '../scenarios/git-project.ts';
import { type Installation, openInstallation } from '../scenarios/installation.ts';
import { connect, owner } from '../scenarios/people.ts';
import { awaitBuild, repository } from '../scenarios/scene.ts';
import { kept, unpackDataFolder } from './earlier-version.ts';

function openKept(): Promise<Installation> {
  return openInstallation({}, unpackDataFolder);
}

test('who had a password or a token logs in with it after the upgrade', async () => {
  await using installation = await openKept();
  const { serverUrl } = installation;

  const ada = await connect(serverUrl, owner);
  const bob = await connect(serverUrl, { username: 'bob', password: kept.password });
  const token = createSlipwayClient({ serverUrl, credential: kept.personalAccessToken });

  const listed = async (client: typeof ada) => {
    const { items } = await client.call(repositoryOperations.list, {});
    return items.map(({ name }) => name);
  };
  expect(await listed(ada)).toEqual(['ada/app', 'ada/hidden']);
  expect(await listed(token)).toEqual(['ada/app', 'ada/hidden']);
  expect(await listed(bob)).toEqual(['ada/app']);
});

test('A45 images, builds, logs and secrets of before are there after the upgrade', async () => {
  await using installation = await openKept();
  const { serverUrl } = installation;
  const ada = await connect(serverUrl, owner);

  const { digest, config } = await pullImage(serverUrl);
  const { items } = await ada.call(buildOperations.list, { params: repository });
  const settings = await ada.call(buildConfigurationOperations.show, { params: repository });

  expect(digest).toBe(kept.latest);
  expect(config?.length).toBeGreaterThan(0);
  expect(items.map(({ id, state }) => `${id} ${state}`)).toEqual([
    '4 pending',
    '3 success',
    '2 success',
    '1 success',
  ]);
  expect(await ada.readRawLog(3)).toContain('Cloning');
  expect(settings.rules.map(({ number, source }) => `${number} ${source}`)).toEqual([
    '1 main',
    '2 /^v([0-9.]+)$/',
  ]);
  expect(settings.variables).toEqual([{ name: 'API_KEY', value: 'kept-through-upgrades' }]);
});

test('what waited is built after the upgrade, and so is the next push, in the old order', async () => {
  await using installation = await openKept();
  const client = await connect(installation.serverUrl, owner);
  const { source } = await client.call(buildConfigurationOperations.show, { params: repository });
  await using project = await openGitProject(source.cloneUrl, owner);
  const scene = { client, installation, project, [Symbol.asyncDispose]: async () => undefined };
  const hasSucceeded = ({ state }: { readonly state: string }) => state === 'success';
  installation.startBuilder();

  await awaitBuild(scene, 4, hasSucceeded);
  await project.git('pull', '--quiet', 'origin', 'main');
  await project.commit({ 'later.txt': 'after the upgrade' });
  await project.git('push', '--quiet', 'origin', 'HEAD:refs/heads/main');
  const { tags, attemptList } = await awaitBuild(scene, 5, hasSucceeded);
  const retried = await client.call(buildOperations.retry, { params: { buildId: 1 } });
  const older = await awaitBuild(
    scene,
    retried.id,
    ({ state, attempts }) => state !== 'pending' && state !== 'in_progress' && attempts === 2,
  );

  expect(tags).toEqual(['latest']);
  expect(attemptList.at(-1)?.published).toMatchObject([{ tag: 'latest', outcome: 'moved' }]);
  expect(older.attemptList.at(-1)?.published).toMatchObject([
    { tag: 'latest', outcome: 'outdated' },
  ]);
});

/** The digest and the configuration of `ada/app:latest`. */
async function pullImage(registry: string) {
  const credential = { kind: 'password', ...owner } as const;
  await using client = createRegistryClient({ registry, credential, clock: systemClock });
  const images = client.repository('ada/app');
  const manifest = await images.getManifest(parseReference('latest'));
  const document: unknown = JSON.parse(Buffer.from(manifest?.bytes ?? []).toString());
  const { config } = document as { readonly config: Descriptor };
  const content = await readContent(images, config);
  return { digest: manifest?.descriptor.digest, config: content?.bytes };
}
