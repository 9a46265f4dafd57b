import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '#app/testing';

/*
 * What a pusher may send as a manifest, or anybody as a token request: however it is filled, nobody
 * else waits for it, and the answer is short.
 */

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const indexType = 'application/vnd.oci.image.index.v1+json';
const largestBytes = 4 * 1024 * 1024;

/** As many units as there is room for between a head and a tail. */
function filled(head: string, unit: string, tail: string, bytes = largestBytes): string {
  return head + unit.repeat(Math.floor((bytes - head.length - tail.length) / unit.length)) + tail;
}

const keys = Array.from({ length: 300_000 }, (_, index) => `"${index.toString(36)}":0`).join(',');
const longKey = 'k'.repeat(2_000_000);
const descriptor = `{"mediaType":"${indexType}","digest":"sha256:${'0'.repeat(64)}","size":1}`;

const manifests: readonly [what: string, body: string, status: number][] = [
  ['objects', filled('[', '{},', '{}]'), 400],
  ['lists', filled('[', '[],', '[]]'), 400],
  ['open lists', filled('', '[', ''), 400],
  ['keys', `{${keys}}`, 400],
  ['a long key twice', `{"${longKey}":0,"${longKey}":0}`, 400],
  ['digits', filled('', '9', ''), 400],
  ['descriptors', filled('{"manifests":[', `${descriptor},`, `${descriptor}]}`), 400],
  [
    'one annotation, which is legal',
    filled('{"schemaVersion":2,"manifests":[],"annotations":{"a":"', 'a', '"}}'),
    201,
  ],
];
const forms: readonly [what: string, body: string][] = [
  ['scopes', filled('grant_type=password&username=a&password=b&scope=', 'a:b:c+', '', 64_000)],
  ['parameters', filled('grant_type=x&', 'scope=a&', '', 64_000)],
  ['colons', filled('grant_type=password&username=a&password=b&scope=', ':', '', 64_000)],
];

/** The longest turn of the event loop, in this thread's own work: what else the machine does is not in it. */
function watchTurns(): () => number {
  let longest = 0;
  let isWatching = true;
  let before = process.threadCpuUsage();
  const turn = () => {
    const { user, system } = process.threadCpuUsage(before);
    longest = Math.max(longest, (user + system) / 1_000);
    before = process.threadCpuUsage();
    if (isWatching) setImmediate(turn);
  };
  setImmediate(turn);
  return () => {
    isWatching = false;
    return longest;
  };
}

async function expectShort(path: string, init: RequestInit, status: number): Promise<void> {
  const longestTurn = watchTurns();

  const answer = await fetch(`${server.url}${path}`, init);
  const { length: characters } = await answer.text();

  expect(answer.status).toBe(status);
  expect(characters).toBeLessThan(65_536);
  expect(longestTurn()).toBeLessThan(100);
}

describe('A11 nobody waits for', () => {
  test.each(manifests)('a manifest of 4 MiB of %s', async (_what, body, status) => {
    const headers = { authorization: server.ada.basic, 'content-type': indexType };
    const before = process.memoryUsage().rss;

    await expectShort('/v2/ada/app/manifests/x', { method: 'PUT', headers, body }, status);

    // The client of this test holds the body as well, some times over.
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
  });

  test.each(forms)('a token request of 64 kB of %s', async (_what, body) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };

    await expectShort('/token', { method: 'POST', headers, body }, 400);
  });
});
