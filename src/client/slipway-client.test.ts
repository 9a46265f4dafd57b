import { describe, expect, test } from 'vitest';
import { freePort } from '#platform/http/testing';
import { accountOperations, buildOperations, repositoryOperations } from '#protocol';
import { ApiError } from './api-error.ts';
import { createSlipwayClient } from './slipway-client.ts';
import { makeProblem, type ReceivedCall, startApiTestServer } from './testing/api-test-server.ts';

const repository = {
  name: 'team/tools/app',
  isPrivate: true,
  description: '',
  immutability: { mode: 'all_mutable' },
  createdAt: '2026-11-24T06:00:00Z',
};

describe('calling operations', () => {
  test('parameters, query and credential reach the server as the declaration says', async () => {
    const calls: ReceivedCall[] = [];
    await using server = await startApiTestServer({
      operations: { listTags: (call) => (calls.push(call), { answer: { items: [] } }) },
    });
    const client = createSlipwayClient({ serverUrl: server.url, credential: 'slip_pat_x' });

    const page = await client.call(repositoryOperations.listTags, {
      params: { namespace: 'team', name: 'tools/app' },
      query: { limit: 5 },
    });

    expect(page).toEqual({ items: [] });
    expect(calls).toMatchObject([
      { params: { namespace: 'team', name: 'tools/app' }, query: { limit: 5 } },
    ]);
    expect(calls[0]?.headers.authorization).toBe('Bearer slip_pat_x');
  });

  test('a body travels as JSON and the answer comes back checked', async () => {
    await using server = await startApiTestServer({
      operations: { createRepository: () => ({ answer: { ...repository, addedLater: 1 } }) },
    });
    const client = createSlipwayClient({ serverUrl: server.url });

    const created = await client.call(repositoryOperations.create, {
      body: { name: 'team/tools/app', isPrivate: true },
    });

    expect(created).toEqual(repository);
  });

  test('an operation without an answer gives undefined', async () => {
    await using server = await startApiTestServer({
      operations: { revokeAccessToken: () => ({ answer: undefined }) },
    });
    const client = createSlipwayClient({ serverUrl: server.url });

    const answer = await client.call(accountOperations.revokeToken, { params: { id: '7' } });

    expect(answer).toBeUndefined();
  });

  test('a refusal keeps its code, status, facts and request id', async () => {
    const problem = {
      ...makeProblem({ status: 409, code: 'BUILD_ENDED', detail: 'build 7 has ended' }),
      facts: { build: 7 },
    };
    await using server = await startApiTestServer({
      operations: { cancelBuild: () => ({ problem }) },
    });
    const client = createSlipwayClient({ serverUrl: server.url });

    const call = client.call(buildOperations.cancel, { params: { buildId: 7 } });

    const error = await call.catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      code: 'BUILD_ENDED',
      status: 409,
      message: 'build 7 has ended',
      facts: { build: 7 },
      requestId: 'request-7',
    });
  });
});

describe('when no answer of the API comes', () => {
  test('a server that is not there is named with the remedy', async () => {
    const serverUrl = `http://127.0.0.1:${await freePort()}`;
    const client = createSlipwayClient({ serverUrl });

    const call = client.call(accountOperations.whoAmI, {});

    await expect(call).rejects.toMatchObject({
      code: 'SERVER_UNREACHABLE',
      message: expect.stringContaining(`is the server running at ${serverUrl}?`),
    });
  });

  test('an answer of another program is not taken for one of ours', async () => {
    await using server = await startApiTestServer({
      raw: { '/api/v1/me': (_, response) => response.writeHead(502).end('<h1>Bad gateway</h1>') },
    });
    const client = createSlipwayClient({ serverUrl: server.url });

    const call = client.call(accountOperations.whoAmI, {});

    await expect(call).rejects.toMatchObject({
      code: 'ANSWER_INVALID',
      message: expect.stringMatching(/answered 502/),
    });
  });

  test('an answer with missing fields is refused', async () => {
    await using server = await startApiTestServer({
      operations: { whoAmI: () => ({ answer: { username: 'alice' } }) },
    });
    const client = createSlipwayClient({ serverUrl: server.url });

    const call = client.call(accountOperations.whoAmI, {});

    await expect(call).rejects.toMatchObject({ code: 'ANSWER_INVALID' });
  });

  test('an aborted call rejects with the reason of its signal', async () => {
    await using server = await startApiTestServer({ raw: { '/api/v1/me': () => undefined } });
    const client = createSlipwayClient({ serverUrl: server.url });
    const reason = new Error('enough');

    const call = client.call(accountOperations.whoAmI, { signal: AbortSignal.abort(reason) });

    await expect(call).rejects.toBe(reason);
  });

  test.each(['hub.example.com', 'ftp://hub.example.com', ''])('"%s" is no server', (serverUrl) => {
    expect(() => createSlipwayClient({ serverUrl })).toThrow(/no server address/);
  });
});

test('the raw log comes as it is stored', async () => {
  const paths: (string | undefined)[] = [];
  await using server = await startApiTestServer({
    raw: {
      '/api/v1/builds/7/log/raw': (request, response) => {
        paths.push(request.url);
        response.end('one\ntwo\n');
      },
    },
  });
  const client = createSlipwayClient({ serverUrl: server.url });

  const log = await client.readRawLog(7, { attempt: 2 });

  expect(log).toBe('one\ntwo\n');
  expect(paths).toEqual(['/api/v1/builds/7/log/raw?attempt=2']);
});
