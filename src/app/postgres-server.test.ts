import { expect, test } from 'vitest';
import { makePostgresDatabase, postgresUrl } from '#platform/db/testing';
import { buildOperations, repositoryOperations } from '#protocol';
import { makeBuildable } from './testing/buildable-repository.ts';
import { clusterEnvironment } from './testing/cluster-environment.ts';
import { pushImage } from './testing/push-image.ts';
import { startBuild } from './testing/started-build.ts';
import { connectBuilder } from './testing/test-builder.ts';
import { startTestServer } from './testing/test-server.ts';

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
