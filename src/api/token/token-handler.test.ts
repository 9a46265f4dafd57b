import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Person } from '#access';
import { openTestCredentials, type TestCredentials, testPassword } from '#credentials/testing';
import { createRepositories, type Repositories, repositoriesMigrations } from '#repositories';
import { createTokenHandler, registryChallenge } from './index.ts';

const publicUrl = 'https://hub.example.com';

interface TokenAnswer {
  readonly token?: string;
  readonly access_token?: string;
  readonly [field: string]: unknown;
}

describe('the token service', () => {
  let room: TestCredentials;
  let repositories: Repositories;
  let alice: Person;
  let server: Server;
  let address: string;

  beforeEach(async () => {
    room = await openTestCredentials('sqlite', repositoriesMigrations);
    repositories = createRepositories({ ...room, isPrivateByDefault: false });
    alice = await room.addUser('alice');
    await room.addUser('bob');
    await repositories.create(alice, { name: 'alice/open' });
    await repositories.create(alice, { name: 'alice/shut', isPrivate: true });
    const handler = createTokenHandler({ ...room.credentials, ...repositories, publicUrl });
    server = createServer((request, response) => void handler(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  });
  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
    await room[Symbol.asyncDispose]();
  });

  const basic = (name: string, secret: string) => ({
    authorization: `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`,
  });
  const get = (query: string, headers: Record<string, string> = {}) =>
    fetch(`${address}?${query}`, { headers });
  const post = (form: Record<string, string>) =>
    fetch(address, { method: 'POST', body: new URLSearchParams(form) });
  const grantsOf = async (response: Response) => {
    const { access_token: token = '' } = (await response.json()) as TokenAnswer;
    return (await room.credentials.registryTokens.verify(token))?.grants;
  };

  test.for([
    ['anonymous', undefined, 'alice/open', 'pull,push', ['pull']],
    ['anonymous', undefined, 'alice/shut', 'pull,push', []],
    ['anonymous', undefined, 'alice/missing', 'pull,push', []],
    ['the owner', 'alice', 'alice/shut', 'pull,push', ['pull', 'push']],
    ['the owner', 'alice', 'alice/shut', '*', ['pull', 'push', 'delete']],
    ['the owner', 'alice', 'alice/new', 'pull,push', ['pull', 'push']],
    ['the owner', 'alice', 'library/debian', 'pull,push', []],
    ['the owner', 'alice', 'slipway-cache/x', 'pull', []],
    ['the owner', 'alice', 'al/shut', 'pull', []],
    ['a stranger', 'bob', 'alice/open', 'pull,push', ['pull']],
    ['a stranger', 'bob', 'alice/shut', 'pull', []],
    ['a stranger', 'bob', 'alice/missing', 'pull,push', []],
    ['an administrator', 'root', 'library/debian', 'pull,push', ['pull', 'push']],
    ['an administrator', 'root', 'slipway-cache/x', 'pull,push', []],
  ] as const)(
    '%s (%s) asking for %s:%s gets %j',
    async ([, name, repository, actions, granted]) => {
      const headers = name === undefined ? {} : basic(name, testPassword);

      const response = await get(
        `service=hub.example.com&scope=repository:${repository}:${actions}`,
        headers,
      );

      expect(response.status).toBe(200);
      expect(await grantsOf(response)).toEqual(
        granted.length === 0 ? [] : [{ name: repository, actions: granted }],
      );
    },
  );

  test('the answer has all fields that clients look for', async () => {
    const response = await get('scope=repository:alice/open:pull&client_id=docker&account=alice');

    const answer = (await response.json()) as TokenAnswer;
    expect(answer).toEqual({
      token: answer.access_token,
      access_token: expect.any(String),
      expires_in: 300,
      issued_at: '2026-11-24T06:00:00.000Z',
    });
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('a mere log-in asks for no scope and gets a token without grants', async () => {
    const response = await get(
      'service=hub.example.com&account=alice&client_id=docker&offline_token=true',
      basic('alice', testPassword),
    );

    expect(await grantsOf(response)).toEqual([]);
  });

  test('scopes may be repeated', async () => {
    const response = await get(
      'scope=repository:alice/open:pull&scope=repository:alice/shut:pull,push',
      basic('alice', testPassword),
    );

    expect(await grantsOf(response)).toEqual([
      { name: 'alice/open', actions: ['pull'] },
      { name: 'alice/shut', actions: ['pull', 'push'] },
    ]);
  });

  test('MIG-15 an access token serves as password, within its scope', async () => {
    const { text } = await room.credentials.accessTokens.create(alice, {
      label: 'ci',
      scope: 'repo:read',
    });

    const response = await get('scope=repository:alice/shut:pull,push', basic('alice', text));

    expect(await grantsOf(response)).toEqual([{ name: 'alice/shut', actions: ['pull'] }]);
  });

  test('a wrong password is an error and never turns into nobody', async () => {
    const response = await get('scope=repository:alice/open:pull', basic('alice', 'wrong'));

    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Basic /);
    expect(await response.json()).toMatchObject({
      errors: [{ code: 'UNAUTHORIZED', message: 'incorrect username or password' }],
      details: 'incorrect username or password',
    });
  });

  test('too many guesses are told when to come back', async () => {
    for (let guess = 0; guess < 10; guess += 1) await get('', basic('bob', `guess ${guess}`));

    const response = await get('', basic('bob', 'one more'));

    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('30');
    expect(await response.json()).toMatchObject({ errors: [{ code: 'TOOMANYREQUESTS' }] });
  });

  test('OAuth2’s password grant gives the same rights', async () => {
    const response = await post({
      grant_type: 'password',
      service: 'hub.example.com',
      client_id: 'buildkit',
      username: 'alice',
      password: testPassword,
      scope: 'repository:alice/shut:pull,push registry:catalog:*',
    });

    const answer = (await response.clone().json()) as TokenAnswer;
    expect(answer['scope']).toBe('repository:alice/shut:pull,push');
    expect(await grantsOf(response)).toEqual([{ name: 'alice/shut', actions: ['pull', 'push'] }]);
  });

  test.for([
    [
      'with a refresh token',
      { grant_type: 'refresh_token', refresh_token: 'x' },
      400,
      'unsupported_grant_type',
    ],
    ['without a password', { grant_type: 'password', username: 'alice' }, 400, 'invalid_request'],
    [
      'with a wrong password',
      { grant_type: 'password', username: 'alice', password: 'wrong' },
      401,
      'invalid_grant',
    ],
    ['of 70 kB', { filler: 'x'.repeat(70_000) }, 413, 'invalid_request'],
  ] as const)('a form %s is refused', async ([, form, status, error]) => {
    const response = await post(form);

    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error });
  });

  test.for([
    ['for another registry', 'service=registry.docker.io', 'only'],
    ['with a malformed scope', 'scope=nonsense', 'a scope has the form'],
    ['with too many scopes', `scope=${'repository:a/b:pull%20'.repeat(101)}`, 'at most 100'],
  ] as const)('a request %s is refused', async ([, query, message]) => {
    const response = await get(query);

    expect(response.status).toBe(400);
    expect(await response.text()).toContain(message);
  });

  test('other methods are not allowed', async () => {
    const response = await fetch(address, { method: 'DELETE' });

    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, POST');
  });
});

test('the challenge names the token service, the registry and what is needed', () => {
  expect(registryChallenge('http://localhost:5000')).toBe(
    'Bearer realm="http://localhost:5000/token",service="localhost:5000"',
  );
  expect(
    registryChallenge(publicUrl, { scope: 'repository:alice/app:pull,push', insufficient: true }),
  ).toBe(
    'Bearer realm="https://hub.example.com/token",service="hub.example.com",scope="repository:alice/app:pull,push",error="insufficient_scope"',
  );
});
