import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBuilderClient, createFakeExecutor, runBuilder } from '#builder';
import { openGitClient } from '#githost/testing';
import { silentLogger } from '#platform/telemetry';
import { buildOperations } from '#protocol';
import { makeBuildable } from './testing/buildable-repository.ts';
import { pushSource, sourceUrl } from './testing/source-push.ts';
import { startBuild } from './testing/started-build.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

const opened = new AsyncDisposableStack();
let server: TestServer;
/** The newest commits of what may become a submodule. */
const commits = new Map<string, string>();

beforeAll(async () => {
  server = opened.use(await startTestServer());
  opened.use(await startBuilder());
  for (const owner of [server.ada, server.bob]) {
    await makeBuildable(server, 'lib', { owner, isPrivate: true });
    const name = `${owner.name}/lib`;
    commits.set(name, await pushSource(server, owner, { name, refs: ['refs/heads/main'] }));
  }
});
afterAll(() => opened.disposeAsync());

/** A real builder, whose sandboxes clone with a real git through a real gateway. */
async function startBuilder(): Promise<AsyncDisposable> {
  const folder = await temporaryFolder();
  const stop = new AbortController();
  const ended = runBuilder({
    client: createBuilderClient({ serverUrl: server.url, token: server.builderToken }),
    executor: createFakeExecutor({ stateFolder: join(folder.path, 'sandboxes') }),
    name: 'builder',
    slots: 1,
    logger: silentLogger,
    signal: stop.signal,
  });
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort(new Error('the test is over'));
      await ended;
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Builds a private source of Ada's with one submodule, and gives its report and log. */
async function buildWith(name: string, address: string, commit: string) {
  await makeBuildable(server, name, { isPrivate: true });
  await pushWithSubmodule(`ada/${name}`, address, commit);
  const buildId = await startBuild(server, name);
  const show = () => server.ada.client.call(buildOperations.show, { params: { buildId } });
  await expect
    .poll(async () => (await show()).state, { timeout: 30_000 })
    .toMatch(/^(success|failed)$/);
  return show();
}

async function pushWithSubmodule(name: string, address: string, commit: string): Promise<void> {
  await using git = await openGitClient();
  await git.commit('with a submodule');
  await writeFile(join(git.folder, 'Dockerfile'), 'FROM scratch\n');
  const lines = ['[submodule "lib"]', 'path = lib', `url = ${address}`, ''];
  await writeFile(join(git.folder, '.gitmodules'), lines.join('\n'));
  await git.run('add', 'Dockerfile', '.gitmodules');
  await git.run('update-index', '--add', '--cacheinfo', `160000,${commit},lib`);
  await git.run('commit', '--quiet', '--message', 'Link');
  await git.run('push', '--quiet', sourceUrl(server, server.ada, name), '+HEAD:refs/heads/main');
}

const commitOf = (name: string) => commits.get(name) ?? '';

test.each(['../lib.git', '../lib'])(
  'A22 a private build has a private source beside it as a submodule: %s',
  async (address) => {
    const report = await buildWith(`with-${address.length}`, address, commitOf('ada/lib'));

    expect(report).toMatchObject({ state: 'success' });
  },
);

test('A22 somebody else’s private source is no submodule, in the words for what is not there', async () => {
  const theirs = await buildWith('theirs', '../../bob/lib.git', commitOf('bob/lib'));
  const missing = await buildWith('missing', '../../bob/missing.git', commitOf('bob/lib'));

  expect(theirs).toMatchObject({ state: 'failed', reason: 'clone_failed' });
  expect(theirs.message).toContain('leads to nothing that this build may read');
  // Each of the fake sandboxes has a port of its own where others have the public name.
  const words = ({ message = '' }) => message?.replace(/127\.0\.0\.1:\d+|lib|missing/g, '');
  expect(words(theirs)).toBe(words(missing));
});

test('a submodule whose host has no address is told as that, and no key is advised', async () => {
  const address = 'http://git.example.invalid/a/b.git';

  const report = await buildWith('nowhere', address, commitOf('ada/lib'));

  expect(report).toMatchObject({ state: 'failed', reason: 'clone_failed' });
  expect(report.message).toContain('there is no host git.example.invalid');
  expect(report.message).not.toContain('SSH_PRIVATE');
});
