import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makePostgresDatabase, postgresUrl } from '#platform/db/testing';
import { buildOperations } from '#protocol';
import { makeBuildable } from './testing/buildable-repository.ts';
import { clusterEnvironment } from './testing/cluster-environment.ts';
import { startBuild } from './testing/started-build.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';
import { connectBuilder } from './testing/test-builder.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

/** Two servers of one installation: one PostgreSQL, one folder of blobs and git repositories. */
describe.runIf(postgresUrl)('two servers on one PostgreSQL', () => {
  let stack: AsyncDisposableStack;
  let one: TestServer;
  let other: TestServer;

  beforeEach(async () => {
    stack = new AsyncDisposableStack();
    const database = stack.use(await makePostgresDatabase());
    const environment = clusterEnvironment(database.url);
    const folder = stack.use(await temporaryFolder()).path;
    one = stack.use(await startTestServer({ environment, folder }));
    other = stack.use(await startTestServer({ environment, folder }));
    await makeBuildable(one, 'app', { branches: ['main', 'second'] });
  });
  afterEach(() => stack.disposeAsync());

  const show = (buildId: number) =>
    other.ada.client.call(buildOperations.show, { params: { buildId } });

  test('a builder that moves from one to the other goes on with what it runs', async () => {
    const buildId = await startBuild(one, 'app');
    const here = connectBuilder(one);
    const { assignment } = await here.next('assignment');
    await here.attempt(assignment).sendPhase({ event: 'start', phase: 'clone', at: 1_000 });

    await using there = connectBuilder(other, { running: [assignment.attemptId] });
    await there.next('welcome');
    await here[Symbol.asyncDispose]();
    await there.attempt(assignment).finish({ outcome: 'success' });

    expect(await show(buildId)).toMatchObject({
      state: 'success',
      attempts: 1,
      attemptList: [{ builder: 'builder-1' }],
    });
  });

  test('a builder hears of what began at the other server, and reports to either', async () => {
    await using builder = connectBuilder(one);
    await builder.next('welcome');

    await startBuild(other, 'app');
    const { assignment } = await builder.next('assignment');
    const elsewhere = connectBuilder(other, { name: 'builder-2', slots: 0 });
    await elsewhere.attempt(assignment).finish({ outcome: 'success' });
    const next = await startBuild(other, 'app', 'second');
    const { assignment: following } = await builder.next('assignment');

    expect(following.buildId).toBe(next);
    await builder.attempt(following).finish({ outcome: 'success' });
    await elsewhere[Symbol.asyncDispose]();
  });

  test('a cancel at one server reaches the builder of the other', async () => {
    await using builder = connectBuilder(one);
    const buildId = await startBuild(other, 'app');
    const { assignment } = await builder.next('assignment');

    await other.ada.client.call(buildOperations.cancel, { params: { buildId } });

    expect(await builder.next('end')).toMatchObject({ attemptId: assignment.attemptId });
    await builder.attempt(assignment).settle();
    await expect.poll(() => show(buildId)).toMatchObject({ state: 'canceled' });
  });
});
