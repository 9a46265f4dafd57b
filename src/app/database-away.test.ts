import { expect, test } from 'vitest';
import { makePostgresDatabase, openGate, postgresUrl, testDialects } from '#platform/db/testing';
import { makeBuildable } from './testing/buildable-repository.ts';
import { clusterEnvironment } from './testing/cluster-environment.ts';
import { startTestServer } from './testing/test-server.ts';

const heartbeat = JSON.stringify({ connectionId: '1-none', running: [] });

test.runIf(postgresUrl)(
  'while PostgreSQL is away each edge answers 503 and when to ask again, and is well after it',
  async () => {
    await using database = await makePostgresDatabase();
    await using gate = await openGate(database.url);
    await using server = await startTestServer({ environment: clusterEnvironment(gate.url) });
    await makeBuildable(server, 'app');
    const { basic, session } = server.bob;
    const bearer = `Bearer ${session}`;
    const ask = async (path: string, init: RequestInit = {}) => {
      const answer = await fetch(`${server.url}${path}`, init);
      await answer.body?.cancel();
      return { path, status: answer.status, retryAfter: answer.headers.get('retry-after') };
    };
    const edges = [
      () => ask('/v2/ada/app/tags/list', { headers: { authorization: basic } }),
      () =>
        ask(`/token?service=${new URL(server.url).host}&scope=repository:ada/app:pull`, {
          headers: { authorization: basic },
        }),
      () => ask('/git/ada/app.git/info/refs?service=git-upload-pack'),
      () => ask('/api/v1/repositories/ada/app', { headers: { authorization: bearer } }),
      () =>
        ask('/api/builder/v1/heartbeat', {
          method: 'POST',
          headers: {
            authorization: `Bearer ${server.builderToken}`,
            'content-type': 'application/json',
          },
          body: heartbeat,
        }),
    ];

    gate.close();
    const away = await Promise.all(edges.map((edge) => edge()));
    const readiness = await ask('/readyz');
    gate.open();

    for (const answer of away)
      expect(answer).toEqual({ path: answer.path, status: 503, retryAfter: '5' });
    expect(readiness.status).toBe(503);
    await expect.poll(async () => (await ask('/readyz')).status).toBe(200);
    expect((await edges[3]?.())?.status).toBe(200);
  },
);

test.each(testDialects)(
  'a NUL in a name is a wrong request at each edge, in %s',
  async (dialect) => {
    await using stack = new AsyncDisposableStack();
    const environment =
      dialect === 'sqlite' ? {} : clusterEnvironment(stack.use(await makePostgresDatabase()).url);
    await using server = await startTestServer({ environment });
    const authorization = `Basic ${btoa('a\0da:secret')}`;
    const statusOf = async (path: string, init: RequestInit = {}) => {
      const answer = await fetch(`${server.url}${path}`, { headers: { authorization }, ...init });
      await answer.body?.cancel();
      return answer.status;
    };

    const statuses = await Promise.all([
      statusOf('/v2/ada/app/tags/list'),
      statusOf(`/token?service=${new URL(server.url).host}`),
      statusOf('/git/ada/app.git/info/refs?service=git-upload-pack'),
      statusOf('/api/v1/login', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: 'a\0da', password: 'secret' }),
      }),
      statusOf('/api/v1/repositories/a%00da/app', { headers: {} }),
    ]);

    for (const status of statuses) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    }
    expect(server.logger.failures).toEqual([]);
  },
);
