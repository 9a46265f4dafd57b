import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '#app/testing';
import { sendBluntly } from '#platform/http/testing';

/*
 * Every edge refuses a large body in its own way. A client that sends all of it before it reads must
 * see the refusal, and not a reset.
 */

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

interface Refused {
  readonly what: string;
  readonly line: string;
  readonly status: number;
  readonly headers?: () => readonly string[];
}

const asBob = () => [`Authorization: ${server.bob.basic}`];
const asJson = () => ['Content-Type: application/json'];

const refused: readonly Refused[] = [
  { what: 'an upload of nobody', line: 'POST /v2/ada/x/blobs/uploads/', status: 401 },
  {
    what: 'an upload to a session of nobody',
    line: 'PATCH /v2/ada/x/blobs/uploads/7c6b1d5e-0000-4000-8000-000000000000',
    status: 401,
  },
  {
    what: 'an upload where one may not push',
    line: 'POST /v2/ada/x/blobs/uploads/',
    status: 403,
    headers: asBob,
  },
  {
    what: 'an upload to a session that does not exist',
    line: 'PATCH /v2/bob/x/blobs/uploads/7c6b1d5e-0000-4000-8000-000000000000',
    status: 404,
    headers: asBob,
  },
  {
    what: 'a manifest that is too large',
    line: 'PUT /v2/bob/x/manifests/latest',
    status: 413,
    headers: asBob,
  },
  { what: 'a log-in that is too large', line: 'POST /api/v1/login', status: 413, headers: asJson },
  { what: 'an operation that somebody must ask for', line: 'POST /api/v1/users', status: 401 },
  { what: 'an operation that nobody knows', line: 'POST /api/v1/nothing', status: 404 },
  { what: 'a path of Docker Hub', line: 'POST /v2/users/nothing', status: 404 },
  { what: 'a token request', line: 'POST /token', status: 413 },
  { what: 'a push of nobody', line: 'POST /git/ada/x.git/git-receive-pack', status: 401 },
  {
    what: 'a push to what does not exist',
    line: 'POST /git/ada/x.git/git-upload-pack',
    status: 404,
    headers: asBob,
  },
  {
    what: 'a builder’s connection of nobody',
    line: 'POST /api/builder/v1/connection',
    status: 401,
    headers: asJson,
  },
  { what: 'a path of nothing', line: 'POST /nothing', status: 404 },
];

describe.each([
  ['length', true],
  ['length', false],
  ['chunked', true],
  ['chunked', false],
] as const)('A11 A42 a body with %s, connection kept: %s', (framing, keepsAlive) => {
  test.each(refused)('$what is answered with $status', async ({ line, status, headers }) => {
    const answer = await sendBluntly({
      port: Number(new URL(server.url).port),
      head: [`${line} HTTP/1.1`, 'Host: localhost', ...(headers?.() ?? [])],
      body: 'x'.repeat(12_000_000),
      framing,
      keepsAlive,
    });

    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });
});
