import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  connectBuilder,
  makeBuildable,
  startBuild,
  startTestServer,
  type TestBuilder,
  type TestServer,
} from '#app/testing';
import type { AttemptClient } from '#builder';
import { TestClock } from '#kernel/testing';
import { accountOperations, type BuildEvent, buildOperations, type LogLine } from '#protocol';

let server: TestServer;
let builder: TestBuilder;
let buildId: number;
let attempt: AttemptClient;

beforeEach(async () => {
  server = await startTestServer();
  await makeBuildable(server, 'app', { isPrivate: true });
  buildId = await startBuild(server, 'app');
  builder = connectBuilder(server);
  attempt = builder.attempt((await builder.next('assignment')).assignment);
});
afterEach(async () => {
  await builder[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const lines = (from: number, count: number): LogLine[] =>
  Array.from({ length: count }, (_, index) => ({
    at: 1_000,
    phase: 'build',
    stream: 'stdout',
    text: `line ${from + index}`,
  }));
const sendLines = (from: number, count: number) =>
  attempt.sendLog({ from, lines: lines(from, count) });
const follow = (more: object = {}) => server.ada.client.followBuild(buildId, more);
const collect = async (events: AsyncIterable<BuildEvent>) => {
  const all: BuildEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
};
const texts = (events: readonly BuildEvent[]) =>
  events.flatMap((event) => (event.type === 'line' ? [event.line.text] : []));
const numbered = (from: number, count: number) => lines(from, count).map(({ text }) => text);

/** The raw stream from where an earlier connection stopped, up to its end. */
async function resume(lastEventId: string): Promise<string> {
  const answer = await fetch(`${server.url}/api/v1/builds/${buildId}/events`, {
    headers: { authorization: `Bearer ${server.ada.session}`, 'last-event-id': lastEventId },
  });
  return answer.text();
}

describe('following a build', () => {
  test('gives its lines as they come, its changes between them, and then the end', async () => {
    const followed = collect(follow());
    await sendLines(0, 3);
    await sendLines(3, 700);
    await attempt.finish({ outcome: 'success' });

    const events = await followed;

    expect(events[0]).toMatchObject({ type: 'build', build: { state: 'in_progress' } });
    expect(texts(events)).toEqual(numbered(0, 703));
    expect(events.at(-1)).toEqual({ type: 'end', state: 'success' });
    expect(events.filter(({ type }) => type === 'end')).toHaveLength(1);
  });

  test('goes on after the last line that was seen, so that each comes once', async () => {
    await sendLines(0, 5);
    await attempt.finish({ outcome: 'success' });

    const rest = await resume('1:2');

    expect([...rest.matchAll(/^id: (.*)$/gm)].map(([, id]) => id)).toEqual(['1:3', '1:4']);
    expect(rest.match(/"text":"line \d"/g)).toEqual(['"text":"line 3"', '"text":"line 4"']);
    expect(rest).toContain('"type":"end"');
  });

  test('begins where it is told', async () => {
    await sendLines(0, 5);
    await attempt.finish({ outcome: 'success' });

    expect(texts(await collect(follow({ from: 3 })))).toEqual(numbered(3, 2));
  });

  test('goes from one attempt to the next', async () => {
    await sendLines(0, 1);
    const message = 'it broke';
    await attempt.finish({ outcome: 'failed', reason: 'build_failed', phase: 'build', message });
    await server.ada.client.call(buildOperations.retry, { params: { buildId } });
    const second = builder.attempt((await builder.next('assignment')).assignment);
    await second.sendLog({ from: 0, lines: lines(100, 1) });
    await second.finish({ outcome: 'success' });

    const events = await collect(follow({ attempt: 1 }));

    expect(texts(events)).toEqual(['line 0', 'line 100']);
    expect(events.at(-1)).toEqual({ type: 'end', state: 'success' });
  });

  test('A7 ends soon after its token was revoked, and a session when its time is over', async () => {
    const clock = new TestClock();
    await using own = await startTestServer({ clock });
    await makeBuildable(own, 'app');
    const id = await startBuild(own, 'app');
    const { id: tokenId, secret } = await own.ada.makeToken('repo:write');
    const read = async (credential: string) => {
      const authorization = `Bearer ${credential}`;
      const answer = await fetch(`${own.url}/api/v1/builds/${id}/events`, {
        headers: { authorization },
      });
      const text = answer.text().then((all) => (ended += 1) && all);
      return { status: answer.status, text };
    };
    let ended = 0;
    const byToken = await read(secret);
    const bySession = await read(own.ada.session);
    const pass = (milliseconds: number) => async () => {
      clock.advance(milliseconds);
      return ended;
    };

    await own.ada.client.call(accountOperations.revokeToken, { params: { id: tokenId } });
    await expect.poll(pass(1_000)).toBe(1);
    await expect.poll(pass(3_600_000)).toBe(2);

    expect([byToken.status, bySession.status]).toEqual([200, 200]);
    expect(await byToken.text).not.toContain('"type":"end"');
    expect(await bySession.text).not.toContain('"type":"end"');
  });

  test('of an attempt that is not there is refused before anything is sent', async () => {
    await expect(collect(follow({ attempt: 7 }))).rejects.toMatchObject({
      status: 404,
      code: 'ATTEMPT_UNKNOWN',
    });
  });

  test('leaves no listener behind when the client leaves', async () => {
    const listeners = watchListeners();
    const leave = new AbortController();
    const followed = collect(follow({ signal: leave.signal }));
    await expect.poll(listeners.count).toBe(1);

    leave.abort();

    await expect(followed).rejects.toThrow();
    await expect.poll(listeners.count).toBe(0);
    expect(server.logger.failures).toEqual([]);
  });

  test('breaks off, and is logged once, when the server fails', async () => {
    const next = () => Promise.reject(new TypeError('the secret is 42'));
    server.rooms.builds.follow = async () => ({ [Symbol.asyncIterator]: () => ({ next }) });

    const answer = await fetch(`${server.url}/api/v1/builds/${buildId}/events`, {
      headers: { authorization: `Bearer ${server.ada.session}` },
    });

    await expect(answer.text()).rejects.toThrow();
    expect(server.logger.failures).toMatchObject([
      { level: 'error', fields: { requestId: answer.headers.get('x-request-id') } },
    ]);
  });
});

/** Counts who listens to the server's builds from now on. */
function watchListeners(): { readonly count: () => number } {
  const { events } = server.rooms.builds;
  const on = events.on.bind(events);
  let count = 0;
  events.on = (listener) => {
    const stop = on(listener);
    count += 1;
    return () => {
      count -= 1;
      stop();
    };
  };
  return { count: () => count };
}
