import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '#app/testing';
import { repositoryOperations } from '#protocol';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.ada.client.call(repositoryOperations.create, { body: { name: 'ada/app' } });
});
afterAll(() => server[Symbol.asyncDispose]());

const zeros = (count: number) => `[${'0,'.repeat(count - 1)}0]`;
const eightMegabytes = zeros(4_000_000);
const manyKeys = (count: number) =>
  `{${Array.from({ length: count }, (_, index) => `"${index.toString(36)}":0`).join(',')}}`;

const session = '/api/builder/v1/connection';
const login = '/api/v1/login';
const configuration = '/api/v1/repositories/ada/app/build-configuration';
const ada = () => server.ada.session;
const builder = () => server.builderToken;
const nobody = () => undefined;

interface Attack {
  readonly path: string;
  readonly method?: string;
  readonly token: () => string | undefined;
  readonly body: string;
}

interface Outcome {
  readonly status: number | undefined;
  readonly characters: number;
  readonly milliseconds: number;
}

async function attack({ path, method = 'POST', token, body }: Attack): Promise<Outcome> {
  const bearer = token();
  const bytes = Buffer.from(body);
  const headers = {
    'content-type': 'application/json',
    'content-length': bytes.length,
    ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
  };
  const beganAt = performance.now();
  const sent = request(`${server.url}${path}`, { method, headers }).end(bytes);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const { length: characters } = await text(answer);
  return { status: answer.statusCode, characters, milliseconds: performance.now() - beganAt };
}

/** Tries until it is quick enough: what else the machine does is none of the server's doing. */
async function attackUntil(milliseconds: number, how: Attack): Promise<Outcome> {
  let outcome = await attack(how);
  for (let tries = 1; tries < 20 && outcome.milliseconds > milliseconds; tries += 1) {
    outcome = await attack(how);
  }
  return outcome;
}

interface Hostile extends Attack {
  readonly what: string;
  readonly status: number;
}

const crowd = `{"name":"b","slots":1,"platforms":["p"],"versions":{},"running":${zeros(19_000)}}`;
const hostile: readonly Hostile[] = [
  { what: '8 MB for a session', path: session, token: nobody, body: eightMegabytes, status: 401 },
  {
    what: 'the same from a builder',
    path: session,
    token: builder,
    body: eightMegabytes,
    status: 413,
  },
  {
    what: 'a connection with 19,000 attempts',
    path: session,
    token: builder,
    body: crowd,
    status: 400,
  },
  { what: '8 MB for a log-in', path: login, token: nobody, body: eightMegabytes, status: 413 },
  { what: 'a million fields', path: login, token: nobody, body: manyKeys(1_000_000), status: 413 },
  { what: '7,000 fields', path: login, token: nobody, body: manyKeys(7_000), status: 400 },
  {
    what: '8 MB for nothing',
    path: '/api/v1/nothing',
    token: nobody,
    body: eightMegabytes,
    status: 404,
  },
  {
    what: '8 MB for Hub’s API',
    path: '/v2/users/login',
    token: nobody,
    body: eightMegabytes,
    status: 413,
  },
  {
    what: '8 MB for the token service',
    path: '/token',
    token: nobody,
    body: eightMegabytes,
    status: 413,
  },
];

describe('A11 a hostile body is answered at once, shortly, and costs next to nothing', () => {
  test.each(hostile)('$what', async ({ status, ...how }) => {
    const before = process.memoryUsage().rss;

    const outcome = await attackUntil(100, how);

    expect(outcome.status).toBe(status);
    expect(outcome.milliseconds).toBeLessThan(100);
    expect(outcome.characters).toBeLessThan(65_536);
    // The client of this test holds the body as well, some times over.
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
  });

  test.each([
    ['as large as it may be', `{"variables":${eightMegabytes}}`],
    ['of as many values as it may have', `{"variables":${zeros(19_000)}}`],
  ])('a configuration %s, from whom may save one', async (_what, body) => {
    const outcome = await attack({ path: configuration, method: 'PUT', token: ada, body });

    expect(outcome.status).toBe(400);
    expect(outcome.characters).toBeLessThan(65_536);
    // Every value of them was once reported, which took half a minute.
    expect(outcome.milliseconds).toBeLessThan(10_000);
  });
});
