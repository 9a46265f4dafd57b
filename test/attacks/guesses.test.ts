import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBuildable, startTestServer, type TestServer, testPassword } from '#app/testing';
import { systemClock } from '#kernel';

/*
 * Somebody guesses at Bob's password until every limit on his name is used up: from the address where
 * he logs in from as well, as if in one office, and from a hundred others. Bob goes on with whatever he
 * has, at each edge.
 */

const [home, elsewhere] = ['203.0.113.7', '203.0.113.99'];
const remembersForMilliseconds = 60_000;
let server: TestServer;
let now = Date.now();
let credentials: Readonly<Record<string, string>>;

beforeAll(async () => {
  server = await startTestServer({
    clock: { ...systemClock, now: () => now },
    environment: { SLIPWAY_TRUSTED_PROXIES: '127.0.0.1' },
  });
  await makeBuildable(server, 'mine', { owner: server.bob, isPrivate: true });
  const { bob } = server;
  const token = await bob.makeToken('repo:admin');
  credentials = {
    password: bob.basic,
    session: `Bearer ${bob.session}`,
    'access token': token.basic,
    'bare access token': `Bearer ${token.secret}`,
    'registry token': `Bearer ${await registryToken()}`,
  };
  // Bob logged in from home once, and so long ago that his password is not remembered any more.
  expect((await ask('GET', '/api/v1/me', { from: home, authorization: bob.basic })).status).toBe(
    200,
  );
  now += remembersForMilliseconds;
  await useUpLimits();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

interface Asked {
  readonly from: string;
  readonly authorization?: string | undefined;
  readonly body?: object;
}

function ask(method: string, path: string, { from, authorization, body }: Asked) {
  return fetch(`${server.url}${path}`, {
    method,
    headers: {
      'x-forwarded-for': from,
      ...(authorization === undefined ? {} : { authorization }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

function tokenPath(): string {
  const service = new URL(server.url).host;
  return `/token?service=${service}&scope=repository:bob/mine:pull,push`;
}

async function registryToken(): Promise<string> {
  const answer = await ask('GET', tokenPath(), { from: home, authorization: server.bob.basic });
  return ((await answer.json()) as { token: string }).token;
}

function guess(from: string, name = 'bob'): Promise<Response> {
  const body = { username: name, password: `not ${testPassword}` };
  return ask('POST', '/api/v1/login', { from, body });
}

async function useUpLimits(): Promise<void> {
  for (let host = 1; host <= 100; host += 1) await (await guess(`198.51.100.${host}`)).text();
  // At other names from where Bob is, until that address has no try left.
  for (let account = 0; account < 60; account += 1)
    await (await guess(home, `user${account}`)).text();
}

/** Where a credential is taken, by the table of `test/access`. */
const edges: Readonly<Record<string, readonly [method: string, path: string, takes: string]>> = {
  'docker login': ['GET', '/v2/', 'password, access token, registry token'],
  pull: ['GET', '/v2/bob/mine/tags/list', 'password, access token, registry token'],
  '/token': ['GET', '', 'password, session, access token, bare access token'],
  git: [
    'GET',
    '/git/bob/mine.git/info/refs?service=git-receive-pack',
    'password, session, access token, bare access token',
  ],
  API: ['GET', '/api/v1/me', 'password, session, access token, bare access token'],
};
const samples = Object.entries(edges).flatMap(([edge, [method, path, takes]]) =>
  takes.split(', ').map((credential) => ({ edge, method, path, credential })),
);

describe('A39 while somebody guesses at Bob’s password', () => {
  test('the guesser is told to wait, and how long', async () => {
    const answer = await guess('198.51.100.200');

    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test.each(samples)(
    'his $credential works for $edge, from where he logged in before',
    async ({ method, path, credential }) => {
      const authorization = credentials[credential];
      const answer = await ask(method, path || tokenPath(), { from: home, authorization });

      expect(answer.status).toBe(200);
    },
  );

  test.each(samples.filter(({ credential }) => credential !== 'password'))(
    'his $credential works for $edge, from anywhere',
    async ({ method, path, credential }) => {
      const authorization = credentials[credential];
      const answer = await ask(method, path || tokenPath(), { from: elsewhere, authorization });

      expect(answer.status).toBe(200);
    },
  );

  test('he logs in anew where he did before', async () => {
    const body = { username: 'bob', password: testPassword };

    expect((await ask('POST', '/api/v1/login', { from: home, body })).status).toBe(200);
  });

  test('others log in from wherever', async () => {
    const body = { username: 'ada', password: testPassword };

    expect((await ask('POST', '/api/v1/login', { from: elsewhere, body })).status).toBe(200);
  });

  test.each(Object.entries(edges))(
    '%s says 429 to a password from a new address, and never 401, at which clients forget what they stored',
    async (_, [method, path]) => {
      const authorization = server.bob.basic;
      const answer = await ask(method, path || tokenPath(), { from: elsewhere, authorization });

      expect(answer.status).toBe(429);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    },
  );

  test('a name that nobody has is answered alike', async () => {
    for (let host = 1; host <= 100; host += 1) {
      await (await guess(`198.51.100.${host}`, 'nobody-there')).text();
    }

    const [known, unknown] = [await guess('192.0.2.50'), await guess('192.0.2.50', 'nobody-there')];

    expect(unknown.status).toBe(known.status);
    const withoutId = (text: string) =>
      text.replaceAll(/[0-9a-f-]{36}/g, '').replaceAll(/\d+/g, 'N');
    expect(withoutId(await unknown.text())).toBe(withoutId(await known.text()));
  });
});

test('A39 wrong access tokens are not counted: nobody guesses them, and a revoked one in a script locks nobody out', async () => {
  const { secret } = await server.ada.makeToken('repo:read');
  const wrong = `Basic ${btoa(`ada:${secret.slice(0, -1)}x`)}`;
  for (let count = 0; count < 70; count += 1) {
    const answer = await ask('GET', '/api/v1/me', { from: '192.0.2.77', authorization: wrong });
    expect(answer.status).toBe(401);
  }

  const authorization = server.ada.basic;
  expect((await ask('GET', '/api/v1/me', { from: '192.0.2.77', authorization })).status).toBe(200);
});
