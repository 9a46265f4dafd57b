import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer, testPassword } from '#app/testing';
import { askHub } from '../testing/hub-requests.ts';

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startTestServer({ environment: { SLIPWAY_TRUSTED_PROXIES: '127.0.0.1' } });
  token = await logIn();
});
afterAll(() => server[Symbol.asyncDispose]());

const credentials = { username: 'ada', password: testPassword };

async function logIn(): Promise<string> {
  const { body } = await askHub(`${server.url}/v2/users/login`, { json: credentials });
  return body.token;
}

const partOf = (part: number) =>
  JSON.parse(Buffer.from(token.split('.')[part] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >;
const listAs = (authorization: string | undefined) =>
  askHub(`${server.url}/v2/repositories/ada/`, { authorization });

describe('a log-in', () => {
  test.each(['/v2/users/login', '/v2/users/login/', '/v2/users/login?refresh_token=true'])(
    'at %s gives a token, be the body JSON or a form',
    async (path) => {
      for (const request of [{ json: credentials }, { form: credentials }]) {
        const { status, body } = await askHub(`${server.url}${path}`, request);

        expect(status).toBe(200);
        expect(Object.keys(body)).toEqual(['token']);
      }
    },
  );

  test('at /v2/auth/token calls it otherwise', async () => {
    const json = { identifier: 'ada', secret: testPassword };
    const { status, body } = await askHub(`${server.url}/v2/auth/token`, { json });

    expect(status).toBe(200);
    expect((await listAs(`Bearer ${body.access_token}`)).status).toBe(200);
  });

  test('takes an access token in the password’s place, with its scope', async () => {
    const { secret } = await server.ada.makeToken('repo:read');
    const json = { identifier: 'ada', secret };
    const { body } = await askHub(`${server.url}/v2/auth/token`, { json });

    const created = await askHub(`${server.url}/v2/namespaces/ada/repositories`, {
      authorization: `Bearer ${body.access_token}`,
      json: { name: 'by-a-reader' },
    });

    expect(created.status).toBe(403);
  });

  test.each([
    ['a wrong password', { username: 'ada', password: 'wrong' }],
    ['a name that nobody has', { username: 'nobody', password: testPassword }],
    ['somebody else’s token', { username: 'bob', password: 'slip_pat_x' }],
  ])('with %s is refused in the words that clients look for', async (_what, json) => {
    const { status, body } = await askHub(`${server.url}/v2/users/login`, { json });

    expect(status).toBe(401);
    expect(body).toEqual({
      detail: 'Incorrect authentication credentials',
      message: 'Incorrect authentication credentials',
    });
  });

  test.each([
    ['without a password', { username: 'ada' }],
    ['with a name of the wrong type', { username: { name: 'ada' }, password: testPassword }],
    ['with a list for a name', { username: ['ada'], password: testPassword }],
    ['with a prototype', JSON.parse('{"__proto__": {"username": "ada", "password": "x"}}')],
  ])('A44 %s is a wrong request', async (_what, json) => {
    const { status, body } = await askHub(`${server.url}/v2/users/login`, { json });

    expect(status).toBe(400);
    expect(body.detail).toEqual(expect.any(String));
  });
});

describe('the token', () => {
  test('is a JWT that says until when it is good, and whose it is', () => {
    expect(token.split('.')).toHaveLength(3);
    expect(partOf(0)).toMatchObject({ alg: 'EdDSA' });
    expect(partOf(1)).toMatchObject({
      exp: expect.any(Number),
      'https://hub.docker.com': { username: 'ada' },
    });
  });

  test.each([
    ['Bearer', () => `Bearer ${token}`],
    ['JWT', () => `JWT ${token}`],
    ['Basic with the password', () => server.ada.basic],
  ])('works as %s', async (_how, authorization) => {
    const created = await askHub(`${server.url}/v2/namespaces/ada/repositories`, {
      authorization: authorization(),
      json: { name: `made-${crypto.randomUUID().slice(0, 8)}` },
    });

    expect(created.status).toBe(201);
  });

  test('works as Basic with an access token', async () => {
    const { basic } = await server.ada.makeToken('repo:read');

    expect((await listAs(basic)).status).toBe(200);
  });

  test.each([
    ['nonsense', () => 'Bearer nonsense'],
    ['one that was changed', () => `Bearer ${token.slice(0, -4)}AAAA`],
    ['a wrong password', () => `Basic ${btoa('bob:wrong')}`],
    ['an access token that was never given out', () => `Bearer slip_pat_${'x'.repeat(50)}`],
  ])('is refused when it is %s, be what is asked for public or not', async (_what, wrong) => {
    const { status, body } = await listAs(wrong());

    expect(status).toBe(401);
    expect(Object.values(body).every((value) => typeof value === 'string')).toBe(true);
  });

  test('is not an access token by itself, whose owner is told what to do with it', async () => {
    const { secret } = await server.ada.makeToken('repo:admin');

    const { status, body } = await listAs(`Bearer ${secret}`);

    expect(status).toBe(403);
    expect(body.detail).toContain('/v2/auth/token');
  });
});

test('A39 too many wrong log-ins are told when to come back', async () => {
  const attempt = () =>
    askHub(`${server.url}/v2/users/login`, { json: { username: 'bob', password: 'wrong' } });
  let answer = await attempt();
  for (let tries = 0; answer.status === 401 && tries < 100; tries += 1) answer = await attempt();

  expect(answer.status).toBe(429);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(answer.body).toEqual({ detail: 'Rate limit exceeded', error: false });
});
