import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '#app/testing';
import { createSlipwayClient } from '#client';
import { problem, repositoryOperations } from '#protocol';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

interface Request {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const send = (path: string, { headers, ...init }: Request = {}) =>
  fetch(`${server.url}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${server.ada.session}`, ...headers },
  });
const post = (path: string, body: string, contentType = 'application/json') =>
  send(path, { method: 'POST', body, headers: { 'content-type': contentType } });

const repositories = '/api/v1/repositories';

describe('every refusal is a problem document', () => {
  const name = JSON.stringify({ name: 'ada/app' });
  test.each([
    ['a body that is no JSON', () => post(repositories, '{'), 400, 'VALIDATION_FAILED'],
    [
      'a body of another type',
      () => post(repositories, name, 'text/xml'),
      415,
      'BODY_TYPE_UNSUPPORTED',
    ],
    ['A11 a body of 9 MB', () => post(repositories, 'x'.repeat(9e6)), 413, 'BODY_TOO_LARGE'],
    [
      'A11 JSON 30,000 levels deep',
      () => post(repositories, '['.repeat(3e4) + ']'.repeat(3e4)),
      400,
      'VALIDATION_FAILED',
    ],
    ['A11 a page of 101', () => send(`${repositories}?limit=101`), 400, 'VALIDATION_FAILED'],
    ['A11 a page of -1', () => send(`${repositories}?limit=-1`), 400, 'VALIDATION_FAILED'],
    [
      'a path that can’t be decoded',
      () => send(`${repositories}/ada/%zz`),
      400,
      'VALIDATION_FAILED',
    ],
    ['a name with a capital', () => send(`${repositories}/ada/App`), 400, 'NAME_INVALID'],
    [
      'a name of 150 characters',
      () => send(`${repositories}/ada/${'a'.repeat(150)}`),
      404,
      'REPOSITORY_UNKNOWN',
    ],
    [
      'A11 a name of 9,000 characters',
      () => send(`${repositories}/ada/${'a'.repeat(9_000)}`),
      400,
      'VALIDATION_FAILED',
    ],
    ['an operation that is none', () => send('/api/v1/nothing'), 404, 'NOT_FOUND'],
    [
      'a method that a path has not',
      () => send('/api/v1/me', { method: 'DELETE' }),
      404,
      'NOT_FOUND',
    ],
    ['a build’s number that is none', () => send('/api/v1/builds/one'), 400, 'VALIDATION_FAILED'],
    [
      'a build’s number beyond all',
      () => send(`/api/v1/builds/${'9'.repeat(30)}`),
      400,
      'VALIDATION_FAILED',
    ],
    [
      'two values of one query field',
      () => send(`${repositories}?after=a&after=b`),
      400,
      'VALIDATION_FAILED',
    ],
    [
      'a header that is no credential',
      () => send('/api/v1/me', { headers: { authorization: 'Digest x' } }),
      400,
      'AUTHORIZATION_MALFORMED',
    ],
    [
      'a wrong token',
      () => send('/api/v1/me', { headers: { authorization: 'Bearer x' } }),
      401,
      'INVALID_CREDENTIALS',
    ],
  ] as const)('%s', async (_case, call, status, code) => {
    const answer = await call();
    const body = problem.strict().parse(await answer.json());

    expect(answer.status).toBe(status);
    expect(body).toMatchObject({ status, code, type: 'about:blank' });
    expect(body.detail).not.toBe('');
    expect(body.requestId).toBe(answer.headers.get('x-request-id'));
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });
});

describe('a wrong field', () => {
  test('is named, with every other wrong one', async () => {
    const answer = await post(
      repositories,
      JSON.stringify({ name: 7, description: 'x'.repeat(101) }),
    );

    expect(await answer.json()).toMatchObject({
      detail: expect.stringMatching(/^name: .*; description: /),
      facts: { fields: [{ field: 'name' }, { field: 'description' }] },
    });
  });

  test('A6 that nobody knows is refused, not passed over', async () => {
    const answer = await post(
      repositories,
      JSON.stringify({ name: 'ada/app', isAdministrator: true }),
    );

    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      detail: expect.stringContaining('isAdministrator'),
    });
  });

  test('of a query that nobody knows is refused too', async () => {
    const answer = await send(`${repositories}?limt=5`);

    expect(await answer.json()).toMatchObject({
      status: 400,
      detail: expect.stringContaining('limt'),
    });
  });

  test.each(['__proto__', 'constructor'])('A44 called %s changes no object', async (key) => {
    const answer = await post(
      repositories,
      `{"name": "ada/polluted", "${key}": {"prototype": {"isAdministrator": true}}}`,
    );

    expect(answer.status).toBe(400);
    expect({}).not.toHaveProperty('isAdministrator');
  });

  test('A44 of another type is not converted', async () => {
    const answer = await post(
      repositories,
      JSON.stringify({ name: ['ada/app'], isPrivate: 'true' }),
    );

    expect(await answer.json()).toMatchObject({
      facts: { fields: [{ field: 'name' }, { field: 'isPrivate' }] },
    });
  });

  test.each([
    [
      'a body',
      () => post(repositories, JSON.stringify({ name: 'ada/nul', description: 'a\0' })),
      'description',
    ],
    ['a path', () => send(`${repositories}/ada/a%00b`), 'name'],
    ['a query', () => send(`${repositories}?after=%00`), 'after'],
  ] as const)('with a NUL in %s never reaches a database', async (_place, call, field) => {
    const answer = await call();

    expect(await answer.json()).toMatchObject({ code: 'VALIDATION_FAILED', facts: { field } });
  });
});

test('a failure that nobody expected is logged once and shows nothing but its request id', async () => {
  await using broken = await startTestServer();
  const client = createSlipwayClient({ serverUrl: broken.url, credential: broken.ada.session });
  broken.rooms.repositories.list = async () => {
    throw new TypeError('the secret is sesame');
  };

  const error = await client.call(repositoryOperations.list, {}).catch((thrown: unknown) => thrown);

  expect(error).toMatchObject({ status: 500, code: 'INTERNAL_ERROR' });
  const { requestId, message } = error as { requestId: string; message: string };
  expect(message).not.toContain('sesame');
  expect(broken.logger.failures).toEqual([
    {
      level: 'error',
      fields: expect.objectContaining({ requestId, error: expect.any(TypeError) }),
      message: 'an operation failed',
    },
  ]);
});
