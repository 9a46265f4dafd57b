import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer, testPassword } from '#app/testing';
import { createSlipwayClient } from '#client';
import { TestClock } from '#kernel/testing';
import { accountOperations as operations } from '#protocol';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

describe('logging in', () => {
  test('gives a session that says whose it is and when it ends', async () => {
    const body = { username: 'ada', password: testPassword };

    const answer = await server.anonymous.call(operations.login, { body });

    expect(answer.account).toEqual({ username: 'ada', isAdministrator: false });
    expect(Date.parse(answer.expiresAt)).toBeGreaterThan(Date.now());
  });

  test('works though an ended session is sent along', async () => {
    const client = createSlipwayClient({ serverUrl: server.url, credential: 'ended' });

    const answer = await client.call(operations.login, {
      body: { username: 'ada', password: testPassword },
    });

    expect(answer.account.username).toBe('ada');
  });

  test('tells a wrong password and an unknown name apart for nobody', async () => {
    const tryToLogIn = (username: string) =>
      server.anonymous
        .call(operations.login, { body: { username, password: 'wrong horse' } })
        .catch(({ status, code, message }) => ({ status, code, message }));

    const [wrongPassword, unknownName] = [await tryToLogIn('bob'), await tryToLogIn('nobody')];

    expect(wrongPassword).toMatchObject({ status: 401, code: 'INVALID_CREDENTIALS' });
    expect(unknownName).toEqual(wrongPassword);
  });
});

test('many wrong passwords are answered with 429 and how long to wait', async () => {
  await using own = await startTestServer();
  const wrong = { username: 'bob', password: 'wrong horse' };
  const tryOnce = () =>
    fetch(`${own.url}/api/v1/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(wrong),
    });

  let answer = await tryOnce();
  for (let tries = 1; tries < 100 && answer.status === 401; tries += 1) answer = await tryOnce();

  expect(answer.status).toBe(429);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
});

describe('accounts', () => {
  test('are made by administrators', async () => {
    const body = { username: 'carol', password: testPassword };

    const account = await server.administrator.client.call(operations.createUser, { body });

    expect(account).toEqual({ username: 'carol', isAdministrator: false });
  });

  test.each([
    ['somebody else', () => server.ada.client, 403, 'ACCESS_DENIED'],
    ['nobody', () => server.anonymous, 401, 'UNAUTHENTICATED'],
  ] as const)('are not made by %s', async (_who, client, status, code) => {
    const body = { username: 'mallory', password: testPassword, isAdministrator: true };

    await expect(client().call(operations.createUser, { body })).rejects.toMatchObject({
      status,
      code,
    });
  });

  test.each([
    ['a name that is taken', { username: 'ada', password: testPassword }, 409, 'NAMESPACE_TAKEN'],
    ['a short password', { username: 'dave', password: 'x' }, 400, 'PASSWORD_UNACCEPTABLE'],
    ['a reserved name', { username: 'api', password: testPassword }, 400, 'NAME_INVALID'],
  ] as const)('are refused with %s', async (_case, body, status, code) => {
    const call = server.administrator.client.call(operations.createUser, { body });

    await expect(call).rejects.toMatchObject({ status, code });
  });
});

describe('personal access tokens', () => {
  const body = { label: 'laptop', scope: 'repo:read' } as const;

  test('show their secret once, when they are made', async () => {
    const { client } = server.ada;

    const made = await client.call(operations.createToken, { body });
    const listed = await client.call(operations.listTokens, {});

    expect(made.token).toMatch(/^slip_pat_/);
    expect(listed.items).toContainEqual(expect.objectContaining({ id: made.id, label: 'laptop' }));
    expect(JSON.stringify(listed)).not.toContain(made.token);
  });

  test('A5 of others can’t be revoked, nor seen', async () => {
    const made = await server.ada.client.call(operations.createToken, { body });

    const listed = await server.bob.client.call(operations.listTokens, {});
    const revoked = server.bob.client.call(operations.revokeToken, { params: { id: made.id } });

    expect(listed.items).toEqual([]);
    await expect(revoked).rejects.toMatchObject({ status: 404, code: 'TOKEN_UNKNOWN' });
  });

  test('lose their power within five seconds when they are revoked', async () => {
    const clock = new TestClock();
    await using own = await startTestServer({ clock });
    const { id, secret } = await own.ada.makeToken('repo:read');
    const client = createSlipwayClient({ serverUrl: own.url, credential: secret });
    await client.call(operations.whoAmI, {});

    await own.ada.client.call(operations.revokeToken, { params: { id } });
    clock.advance(4_999);

    await expect(client.call(operations.whoAmI, {})).rejects.toMatchObject({ status: 401 });
  });

  test('can’t make other tokens', async () => {
    const { secret } = await server.ada.makeToken('repo:admin');
    const client = createSlipwayClient({ serverUrl: server.url, credential: secret });

    const call = client.call(operations.createToken, { body });

    await expect(call).rejects.toMatchObject({ status: 403, code: 'PASSWORD_SESSION_NEEDED' });
  });
});
