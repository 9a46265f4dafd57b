import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { Clock } from '#kernel';
import type { ConnectionEvent } from '#protocol';
import { createBuilderClient } from './builder-client.ts';

interface Seen {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

/** A server that answers each request by the next of these, the last one for all that follow. */
async function listen(...answers: readonly RequestListener[]) {
  const seen: Seen[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const text = Buffer.concat(await request.toArray()).toString();
    const { url: path = '', headers } = request;
    seen.push({ path, authorization: headers.authorization, body: JSON.parse(text) });
    const answer = answers[Math.min(seen.length, answers.length) - 1];
    answer?.(request, response as Parameters<RequestListener>[1]);
  };
  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const serverUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clock = hastyClock();
  return {
    seen,
    clock,
    client: createBuilderClient({ serverUrl, token: 'builder-token', clock }),
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Waits take no time, and the clock says that they did. */
function hastyClock(): Clock {
  let now = 0;
  return {
    now: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
  };
}

const ok: RequestListener = (_, response) => response.writeHead(200).end('{}');
const hangUp: RequestListener = (request) => request.socket.destroy();
const never = new AbortController().signal;
const request = { name: 'b', slots: 1, platforms: ['linux/amd64'], versions: {}, running: [] };

async function eventsOf(events: AsyncIterable<ConnectionEvent>): Promise<ConnectionEvent[]> {
  const all: ConnectionEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

describe('a connection', () => {
  test('gives events as they come, cut anywhere, until the server ends it', async () => {
    await using server = await listen((_, response) => {
      response.write('{"type":"welcome","buil');
      response.write('derId":"b1","connectionId":"3"}\n\n{"type":"ping"}\n');
      response.end('{"type":"end","attemptId":"7-1","reason":"canceled"}\n');
    });

    const events = await eventsOf(server.client.openConnection(request, never));

    expect(events).toEqual([
      { type: 'welcome', builderId: 'b1', connectionId: '3' },
      { type: 'ping' },
      { type: 'end', attemptId: '7-1', reason: 'canceled' },
    ]);
    expect(server.seen).toEqual([
      { path: '/api/builder/v1/connection', authorization: 'Bearer builder-token', body: request },
    ]);
  });

  test('that breaks is SERVER_UNREACHABLE, and has no second try of its own', async () => {
    await using server = await listen(hangUp);

    const events = eventsOf(server.client.openConnection(request, never));

    await expect(events).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
    expect(server.seen).toHaveLength(1);
  });

  test('of a server that says something else is ANSWER_INVALID', async () => {
    await using server = await listen((_, response) => response.end('{"type":"dance"}\n'));

    const events = eventsOf(server.client.openConnection(request, never));

    await expect(events).rejects.toMatchObject({ code: 'ANSWER_INVALID' });
  });

  test('that is aborted ends with the signal’s reason', async () => {
    const stop = new AbortController();
    await using server = await listen((_, response) => {
      response.write('{"type":"ping"}\n');
    });
    const reason = new Error('enough');

    const reading = (async () => {
      for await (const _ of server.client.openConnection(request, stop.signal)) stop.abort(reason);
    })();

    await expect(reading).rejects.toBe(reason);
  });
});

describe('the reports of an attempt', () => {
  test('go to the attempt with its own token', async () => {
    await using server = await listen(ok);
    const attempt = server.client.attempt('7-1', 'attempt-token');

    await attempt.sendPhase({ event: 'start', phase: 'clone', at: 1 });
    await attempt.finish({ outcome: 'success' }, never);

    expect(server.seen).toEqual([
      {
        path: '/api/builder/v1/attempts/7-1/phases',
        authorization: 'Bearer attempt-token',
        body: { event: 'start', phase: 'clone', at: 1 },
      },
      {
        path: '/api/builder/v1/attempts/7-1/finish',
        authorization: 'Bearer attempt-token',
        body: { outcome: 'success' },
      },
    ]);
  });

  test.each([
    ['a broken connection', hangUp],
    [
      'a proxy without a server',
      ((_, response) => response.writeHead(503).end()) as RequestListener,
    ],
  ])('are sent again after %s', async (_, failure) => {
    await using server = await listen(failure, failure, ok);

    await server.client.attempt('7-1', 't').sendLog({ from: 0, lines: [] });

    expect(server.seen).toHaveLength(3);
  });

  test('a verdict is sent until it is taken, however long the server fails', async () => {
    const failure: RequestListener = (_, response) => response.writeHead(500).end('{}');
    const busy: RequestListener = (_, response) => response.writeHead(429).end('{}');
    await using server = await listen(...Array.from({ length: 20 }, () => failure), busy, ok);

    await server.client.attempt('7-1', 't').finish({ outcome: 'success' }, never);

    expect(server.seen).toHaveLength(22);
    expect(server.clock.now()).toBeGreaterThan(60_000);
  });

  test('a verdict that is refused is not sent again, nor one whose builder stops', async () => {
    const stop = new AbortController();
    await using refusing = await listen((_, response) => response.writeHead(400).end('{}'));
    await using away = await listen((request, response) => {
      stop.abort(new Error('the builder stops'));
      hangUp(request, response);
    });

    const refused = refusing.client.attempt('7-1', 't').finish({ outcome: 'success' }, never);
    const stopped = away.client.attempt('7-1', 't').finish({ outcome: 'success' }, stop.signal);

    await expect(refused).rejects.toThrow();
    await expect(stopped).rejects.toThrow('the builder stops');
    expect([refusing.seen.length, away.seen.length]).toEqual([1, 1]);
  });

  test('are given up after half a minute', async () => {
    await using server = await listen(hangUp);

    const sending = server.client.attempt('7-1', 't').sendLog({ from: 0, lines: [] });

    await expect(sending).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
    expect(server.clock.now()).toBeGreaterThan(20_000);
    expect(server.clock.now()).toBeLessThanOrEqual(30_000);
  });

  test('of an attempt that has no rights any more are ATTEMPT_ENDED at once', async () => {
    await using server = await listen((_, response) => response.writeHead(409).end('{}'));

    const sending = server.client.attempt('7-1', 't').publish();

    await expect(sending).rejects.toMatchObject({ code: 'ATTEMPT_ENDED' });
    expect(server.seen).toHaveLength(1);
  });

  test('tell what became of each tag', async () => {
    const tags = [
      { tag: 'v1', digest: 'sha256:1', outcome: 'moved' },
      { tag: 'latest', digest: 'sha256:1', outcome: 'outdated', message: 'build 42 is newer' },
    ];
    await using server = await listen((_, response) => response.end(JSON.stringify({ tags })));

    expect(await server.client.attempt('7-1', 't').publish()).toEqual({ tags });
  });
});
