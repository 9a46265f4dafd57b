import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterEnvironment, pushImage, startTestServer, type TestServer } from '#app/testing';
import { makePostgresDatabase, testDialects } from '#platform/db/testing';

const digest = `sha256:${'0'.repeat(64)}`;
const session = '/v2/ada/app/blobs/uploads/0b7f2b1e-7f0e-4d5b-8a37-0a6c2a3c9f11';

interface Odd {
  readonly method?: string;
  /** `%00` stands for each of the control characters. */
  readonly path: string;
  readonly authorization?: string;
  readonly form?: Readonly<Record<string, string>>;
}

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const ofAda: readonly Odd[] = [
  { path: '/v2/ada/ap%00p/tags/list' },
  { path: '/v2/a%00da/app/tags/list' },
  { path: '/v2/ada/app/tags/list?last=%00' },
  { path: '/v2/ada/app/tags/list?last=lat%00est&n=5' },
  { path: '/v2/ada/app/tags/list?n=5%00' },
  { path: '/v2/ada/app/manifests/lat%00est' },
  { method: 'PUT', path: '/v2/ada/app/manifests/lat%00est' },
  { method: 'DELETE', path: '/v2/ada/app/manifests/lat%00est' },
  { path: `/v2/ada/app/manifests/${digest}%00` },
  { path: `/v2/ada/app/blobs/${digest}%00` },
  { path: '/v2/ada/app/blobs/sha256%3A%00' },
  { method: 'POST', path: `/v2/ada/app/blobs/uploads/?digest=${digest}%00` },
  { method: 'POST', path: `/v2/ada/app/blobs/uploads/?mount=${digest}%00&from=ada/app` },
  { method: 'PUT', path: `${session}?digest=${digest}%00` },
  { method: 'PATCH', path: `${session}%00` },
  { path: '/token?service=x%00' },
  { path: '/token?scope=repository:ada/ap%00p:pull' },
  { path: '/token?scope=repository:ada/app:pu%00ll' },
];
const ofNobody: readonly Odd[] = [
  { path: '/v2/', authorization: basic('a\0da:x') },
  { path: '/v2/ada/app/tags/list', authorization: basic('a\x01da:x') },
  { path: '/token', authorization: basic('a\0da:x') },
  {
    method: 'POST',
    path: '/token',
    form: { grant_type: 'password', username: 'a\0da', password: 'x' },
  },
  {
    method: 'POST',
    path: '/token',
    form: { grant_type: 'password\0', username: 'ada', password: 'x' },
  },
];

/** PostgreSQL takes no zero byte into a text, and answers such a query with an error. */
describe.each(testDialects)('A14 control characters on %s', (dialect) => {
  const opened = new AsyncDisposableStack();
  let server: TestServer;

  beforeAll(async () => {
    const database = dialect === 'postgres' ? opened.use(await makePostgresDatabase()) : undefined;
    const environment = database === undefined ? {} : clusterEnvironment(database.url);
    server = opened.use(await startTestServer({ environment }));
    await pushImage(server, server.ada, 'ada/app:latest');
  });
  afterAll(() => opened.disposeAsync());

  /** The path goes as it stands: a cleverer client would tidy it up. */
  async function send({ method = 'GET', path, authorization, form }: Odd) {
    const { hostname, port } = new URL(server.url);
    const headers = {
      ...(authorization && { authorization }),
      ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
    };
    const asked = request({ hostname, port, method, path, headers });
    asked.end(form && new URLSearchParams(form).toString());
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return { status: answer.statusCode ?? 0, body: await json(answer) };
  }

  async function expectRefused(odd: Odd): Promise<void> {
    const { status, body } = await send(odd);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(body).toMatchObject({
      errors: [{ code: expect.stringMatching(/^[A-Z_]+$/), message: expect.any(String) }],
    });
  }

  test.each(ofAda)('are refused in $method $path', async (odd) => {
    for (const escape of ['%00', '%01', '%0A', '%7F']) {
      const path = odd.path.replace('%00', escape);
      await expectRefused({ ...odd, path, authorization: server.ada.basic });
    }
  });

  test.each(ofNobody)('are refused in a log-in at $method $path', async (odd) => {
    await expectRefused(odd);
  });

  test('nothing of it was unforeseen', () => {
    expect(server.logger.failures).toEqual([]);
  });
});
