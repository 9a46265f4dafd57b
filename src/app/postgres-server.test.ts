import { expect, test } from 'vitest';
import { type Clock, systemClock } from '#kernel';
import { TestClock } from '#kernel/testing';
import { makePostgresDatabase, postgresUrl } from '#platform/db/testing';
import { buildOperations, repositoryOperations } from '#protocol';
import { makeBuildable } from './testing/buildable-repository.ts';
import { clusterEnvironment } from './testing/cluster-environment.ts';
import { pushImage } from './testing/push-image.ts';
import { startBuild } from './testing/started-build.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';
import { connectBuilder } from './testing/test-builder.ts';
import { startTestServer, type TestServer } from './testing/test-server.ts';

test.runIf(postgresUrl)(
  'on PostgreSQL a server pushes, plans, leases, logs and finishes as on SQLite',
  async () => {
    await using database = await makePostgresDatabase();
    const environment = clusterEnvironment(database.url);
    await using server = await startTestServer({ environment });
    await makeBuildable(server, 'app');
    const digest = await pushImage(server, server.ada, 'ada/app:by-hand');
    const buildId = await startBuild(server, 'app');
    await using builder = connectBuilder(server);
    const attempt = builder.attempt((await builder.next('assignment')).assignment);
    const line = { at: 1_000, phase: 'build', stream: 'stdout', text: 'ünïcode' } as const;
    await attempt.sendLog({ from: 0, lines: [line] });
    await attempt.publish();
    await attempt.finish({ outcome: 'success' });

    const { client } = server.ada;
    const params = { namespace: 'ada', name: 'app' };
    const report = await client.call(buildOperations.show, { params: { buildId } });
    const tags = await client.call(repositoryOperations.listTags, { params });

    expect(report.state).toBe('success');
    expect(await client.readRawLog(buildId)).toBe('ünïcode\n');
    expect(tags.items).toMatchObject([{ tag: 'by-hand', digest }]);
    expect(server.logger.failures).toEqual([]);
  },
);

test.runIf(postgresUrl)(
  'on PostgreSQL what one server does wakes who waits on another, without asking',
  async () => {
    await using database = await makePostgresDatabase();
    await using folder = await temporaryFolder();
    const shared = { environment: clusterEnvironment(database.url), folder: folder.path };
    await using one = await startTestServer(shared);
    await using other = await startTestServer({ ...shared, clock: unwaking });
    await makeBuildable(one, 'app');
    await using builder = connectBuilder(other);
    await builder.next('welcome');
    const followed = followTypes(other);

    const buildId = await startBuild(one, 'app');
    const { assignment } = await builder.next('assignment');
    const following = followed(buildId);
    await one.ada.client.call(buildOperations.cancel, { params: { buildId } });
    const end = await builder.next('end');
    await builder.attempt(assignment).settle();

    expect(assignment.buildId).toBe(buildId);
    expect(end).toMatchObject({ attemptId: `${buildId}-1`, reason: 'canceled_by' });
    expect(await following).toContain('end');
  },
);

/** Nobody who sleeps by it wakes up: who waits has to be woken. */
const unwaking: Clock = {
  now: () => systemClock.now(),
  sleep: (milliseconds, signal) => new TestClock().sleep(milliseconds, signal),
};

/** Follows builds on a server; gives the types of their events. */
function followTypes(server: TestServer) {
  return async (buildId: number) => {
    const types: string[] = [];
    for await (const { type } of server.ada.client.followBuild(buildId)) types.push(type);
    return types;
  };
}
