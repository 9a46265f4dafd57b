import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { Clock } from '#kernel';
import { freePort } from '#platform/http/testing';
import type { BuildEvent } from '#protocol';
import { createSlipwayClient } from './slipway-client.ts';
import { makeProblem, startApiTestServer } from './testing/api-test-server.ts';

const eventsPath = '/api/v1/builds/7/events';

function lineEvent(number: number): BuildEvent {
  const line = {
    number,
    at: '2026-11-24T06:00:00Z',
    phase: 'build',
    stream: 'stdout',
    text: 'x',
  } as const;
  return { type: 'line', attempt: 1, line };
}

const endEvent: BuildEvent = { type: 'end', state: 'success' };

function message(event: BuildEvent, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(event)}\n\n`;
}

/** Time passes only while somebody sleeps. */
function createTestClock(): Clock {
  let now = 0;
  return {
    now: () => now,
    sleep: async (milliseconds, signal) => {
      signal?.throwIfAborted();
      now += milliseconds;
    },
  };
}

async function collect(events: AsyncIterable<BuildEvent>): Promise<BuildEvent[]> {
  const collected: BuildEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

type Answer = (response: ServerResponse) => void;

/** Answers each connection in turn; the last answer is for all that follow. */
function answering(answers: readonly Answer[], requests: IncomingMessage[] = []) {
  return startApiTestServer({
    raw: {
      [eventsPath]: (request, response) => {
        requests.push(request);
        answers[Math.min(requests.length, answers.length) - 1]?.(response);
      },
    },
  });
}

function stream(response: ServerResponse, text: string): ServerResponse {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(text);
  return response;
}

function breakAfter(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(text, () => response.destroy());
}

describe('following a build', () => {
  test('events come in order until the build has ended', async () => {
    await using server = await answering([
      (response) => stream(response, message(lineEvent(0)) + ': ping\n\n' + message(endEvent)),
    ]);
    const client = createSlipwayClient({ serverUrl: server.url });

    const events = await collect(client.followBuild(7));

    expect(events).toEqual([lineEvent(0), endEvent]);
  });

  test('a broken connection is resumed after the last line that came', async () => {
    const requests: IncomingMessage[] = [];
    await using server = await answering(
      [
        (response) => breakAfter(response, message(lineEvent(0), '1-1')),
        (response) => stream(response, message(lineEvent(1), '1-2')).end(),
        (response) => stream(response, message(endEvent)),
      ],
      requests,
    );
    const client = createSlipwayClient({ serverUrl: server.url, clock: createTestClock() });

    const events = await collect(client.followBuild(7, { from: 0 }));

    expect(events).toEqual([lineEvent(0), lineEvent(1), endEvent]);
    expect(requests.map((request) => request.headers['last-event-id'])).toEqual([
      undefined,
      '1-1',
      '1-2',
    ]);
  });

  test('a server that stays away is given up after a minute', async () => {
    const requests: IncomingMessage[] = [];
    await using server = await answering(
      [
        (response) => breakAfter(response, message(lineEvent(0), '1-1')),
        (response) => void response.destroy(),
      ],
      requests,
    );
    const clock = createTestClock();
    const client = createSlipwayClient({ serverUrl: server.url, clock });

    const following = collect(client.followBuild(7));

    await expect(following).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
    expect(clock.now()).toBeGreaterThanOrEqual(60_000);
    expect(clock.now()).toBeLessThan(70_000);
  });

  test('the first connection is not tried twice', async () => {
    const clock = createTestClock();
    const serverUrl = `http://127.0.0.1:${await freePort()}`;
    const client = createSlipwayClient({ serverUrl, clock });

    const following = collect(client.followBuild(7));

    await expect(following).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
    expect(clock.now()).toBe(0);
  });

  test('a refusal is told at once', async () => {
    const problem = makeProblem({ status: 404, code: 'BUILD_UNKNOWN', detail: 'no build 7' });
    await using server = await answering([
      (response) => response.writeHead(404).end(JSON.stringify(problem)),
    ]);
    const client = createSlipwayClient({ serverUrl: server.url });

    const following = collect(client.followBuild(7));

    await expect(following).rejects.toMatchObject({ code: 'BUILD_UNKNOWN', status: 404 });
  });

  test('Ctrl-C ends it in the middle of a silence', async () => {
    const controller = new AbortController();
    await using server = await answering([(response) => stream(response, message(lineEvent(0)))]);
    const client = createSlipwayClient({ serverUrl: server.url });
    const reason = new Error('interrupted');
    const seen: BuildEvent[] = [];

    const following = (async () => {
      for await (const event of client.followBuild(7, { signal: controller.signal })) {
        seen.push(event);
        controller.abort(reason);
      }
    })();

    await expect(following).rejects.toBe(reason);
    expect(seen).toEqual([lineEvent(0)]);
  });
});
