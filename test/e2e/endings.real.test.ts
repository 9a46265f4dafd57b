import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SlipwayClient } from '#client';
import { buildConfigurationOperations, buildOperations, repositoryOperations } from '#protocol';
import type { Files } from '../scenarios/git-project.ts';
import { connect, owner } from '../scenarios/people.ts';
import { pushBaseImage } from './base-image.ts';
import { openClients } from './clients.ts';
import { listLeftovers } from './leftovers.ts';
import { openProgram, type Program } from './program.ts';
import { endOf, logOf, openProject, type Project, reportOf, untilLine } from './project.ts';

const stopLine =
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ The build was cancelled or exceeded the maximum execution time\.$/m;
const leftoversMilliseconds = 30_000;
const sleeps = 'echo the hook sleeps\nsleep 600\n';

/** One server and one repository: each test pushes the next commit, and finds what the last one left. */
describe('every ending of a build in a sandbox', () => {
  const opened = new AsyncDisposableStack();
  let program: Program;
  let client: SlipwayClient;
  let project: Project;

  beforeAll(async () => {
    const settings = { SLIPWAY_BUILD_MINUTES: '0.75', SLIPWAY_BUILDER_SLOTS: '1' };
    program = opened.use(await openProgram(settings));
    await using clients = await openClients(program, owner);
    await pushBaseImage(program, clients);
    client = await connect(program.serverUrl, owner);
    project = opened.use(await openProject({ program, client, name: 'endings' }));
  });
  afterAll(() => opened.disposeAsync());

  test('SET-20 AUT-03 success: the tag is at the digest that the report names', async () => {
    const id = await push({});

    const build = await endOf(client, id);

    expect(build.state, await textOf(id)).toBe('success');
    expect(build.attemptList[0]?.published).toMatchObject([
      { tag: 'latest', outcome: 'moved', digest: (await tags())['latest'] },
    ]);
    expect(await leftoversOf(id)).toEqual([]);
  });

  test('LNK-05 failed by a hook, which is named with its exit code', async () => {
    const before = await tags();
    const id = await push({ 'hooks/pre_build': hook('exit 7\n') });

    const build = await endOf(client, id);

    expect(build, await textOf(id)).toMatchObject({ state: 'failed', reason: 'hook_failed' });
    expect(build.message).toMatch(/pre_build.*7/);
    expect(await tags()).toEqual(before);
    expect(await leftoversOf(id)).toEqual([]);
  });

  test('SET-03 AUT-12 LNK-09 failed by its tests: the tag stays where it was', async () => {
    const before = await tags();
    const sut = 'image: this\n    command: [bash, -c, exit 3]\n';
    const id = await push({ 'docker-compose.test.yml': `services:\n  sut:\n    ${sut}` });

    const build = await endOf(client, id);

    expect(build, await textOf(id)).toMatchObject({ state: 'failed', reason: 'test_failed' });
    expect(build.attemptList[0]?.phases.at(-1)).toMatchObject({ name: 'test', exitCode: 3 });
    expect(await tags()).toEqual(before);
    expect(await leftoversOf(id)).toEqual([]);
  });

  test('TRB-13 TRB-14 canceled while a hook sleeps', async () => {
    const before = await tags();
    const id = await push({ 'hooks/post_build': hook(sleeps) });
    await untilLine(client, id, 'the hook sleeps');

    await client.call(buildOperations.cancel, { params: { buildId: id } });

    const build = await endOf(client, id);
    expect(build).toMatchObject({ state: 'canceled', reason: 'canceled_by' });
    expect(await textOf(id)).toMatch(stopLine);
    expect(await textOf(id)).toContain('The build was canceled by ada.');
    expect(await tags()).toEqual(before);
    expect(await leftoversOf(id)).toEqual([]);
  });

  test('TRB-12 TRB-13 at its time limit, with an image pushed and not published', async () => {
    const before = await tags();
    const id = await push({ 'hooks/push': hook(`docker push "$IMAGE_NAME"\n${sleeps}`) });
    await untilLine(client, id, 'the hook sleeps');

    const build = await endOf(client, id);

    expect(build, await textOf(id)).toMatchObject({ state: 'canceled', reason: 'time_limit' });
    expect(await textOf(id)).toMatch(stopLine);
    expect(await textOf(id)).toContain('The build ran longer than the limit of 45 s.');
    expect(await tags()).toEqual(before);
    expect(await leftoversOf(id)).toEqual([]);
  });

  test('builder killed: the next one removes what is left, and the build succeeds at last', async () => {
    const before = await tags();
    const sleepsOnce = `git ls-remote --exit-code origin refs/heads/go && exit\n${sleeps}`;
    const id = await push({ 'hooks/pre_build': hook(sleepsOnce) });
    await untilLine(client, id, 'the hook sleeps');
    await project.push('HEAD:go');

    process.kill(await program.builderProcess(), 'SIGKILL');

    const build = await endOf(client, id);
    const attempts = build.attemptList.map(({ state }) => state);
    expect(attempts, await textOf(id)).toEqual(['lost', 'success']);
    expect((await tags())['latest']).not.toBe(before['latest']);
    expect(await leftoversOf(id)).toEqual([]);
  });

  test('server killed and started again: half of the tags were pushed, none is published', async () => {
    const before = await tags();
    await useTags('latest,second');
    const id = await push({ 'hooks/push': hook(`docker push "$IMAGE_NAME"\n${sleeps}`) });
    await untilLine(client, id, 'the hook sleeps');
    const builder = (await reportOf(client, id)).attemptList[0]?.builder ?? '';
    expect(await listLeftovers(builder), 'while it runs').not.toEqual([]);

    await program.kill();

    expect(await leftovers(builder)).toEqual([]);
    await program.start();
    const build = await endOf(client, id);
    expect(build, await textOf(id)).toMatchObject({ state: 'failed', reason: 'lost' });
    expect(await tags()).toEqual(before);
  });

  test('the server that came back builds, tests and publishes as before', async () => {
    const id = await push({});

    const build = await endOf(client, id);

    expect(build.state, await textOf(id)).toBe('success');
    expect(Object.keys(await tags())).toEqual(['latest', 'second']);
    expect(await leftoversOf(id)).toEqual([]);
  });

  test('told to end while a build runs: the server exits with 0 and leaves nothing of it', async () => {
    const id = await push({ 'hooks/pre_build': hook(sleeps) });
    await untilLine(client, id, 'the hook sleeps');
    const { attemptList } = await reportOf(client, id);

    const exitCode = await program.terminate();

    expect(exitCode, await program.ownLog()).toBe(0);
    expect(await leftovers(attemptList[0]?.builder ?? '')).toEqual([]);
  });

  /** A commit that consists of these files and a Dockerfile, and the build it leads to. */
  async function push(files: Files): Promise<number> {
    const { source } = project;
    await source.git('rm', '-rfq', '--ignore-unmatch', '.');
    await source.commit({ Dockerfile: 'FROM debian:bookworm\nRUN date > /made\n', ...files });
    const [id] = await project.push('HEAD:main');
    if (id === undefined) throw new Error('the push led to no build');
    return id;
  }

  async function tags(): Promise<Readonly<Record<string, string>>> {
    const params = { namespace: owner.username, name: 'endings' };
    const { items } = await client.call(repositoryOperations.listTags, { params });
    return Object.fromEntries(items.map(({ tag, digest }) => [tag, digest]));
  }

  async function useTags(dockerTags: string): Promise<void> {
    const params = { namespace: owner.username, name: 'endings' };
    const body = { rules: [{ source: 'main', dockerTags }] };
    await client.call(buildConfigurationOperations.save, { params, body });
  }

  async function textOf(id: number): Promise<string> {
    return (await logOf(client, id)).join('\n');
  }

  async function leftoversOf(id: number): Promise<readonly string[]> {
    const { attemptList } = await reportOf(client, id);
    return leftovers(attemptList[0]?.builder ?? '');
  }

  /** What has not gone after a while; sandboxes are thrown away moments after a build's end. */
  async function leftovers(builder: string): Promise<readonly string[]> {
    const deadline = Date.now() + leftoversMilliseconds;
    for (;;) {
      const left = await listLeftovers(builder);
      if (left.length === 0 || Date.now() > deadline) return left;
      await sleep(100);
    }
  }
});

function hook(script: string): string {
  return `#!/bin/bash\n${script}`;
}
