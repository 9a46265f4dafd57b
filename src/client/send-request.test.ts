import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { freePort } from '#platform/http/testing';
import { readText } from './read-answer.ts';
import { type SendOptions, sendRequest } from './send-request.ts';
import { startApiTestServer } from './testing/api-test-server.ts';

function answering(listener: RequestListener) {
  const answer = (request: IncomingMessage, response: ServerResponse) =>
    listener(request, response as Parameters<RequestListener>[1]);
  return startApiTestServer({ raw: { '/': answer } });
}

const get = (url: string | URL, options: Partial<SendOptions> = {}) =>
  sendRequest(new URL(url), { method: 'GET', headers: {}, ...options });

describe('why there is no answer is told in words', () => {
  test('nobody listens', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;

    await expect(get(url)).rejects.toMatchObject({
      code: 'SERVER_UNREACHABLE',
      message: `no answer from ${url} (connection refused); is the server running at ${url}?`,
    });
  });

  test('the connection breaks before the answer', async () => {
    await using server = await answering((request) => request.socket.destroy());

    await expect(get(server.url)).rejects.toThrow('(the connection broke)');
  });

  test('the connection breaks in the middle of the answer', async () => {
    await using server = await answering((_, response) => {
      response.write('half', () => response.destroy());
    });
    const answer = await get(server.url);

    await expect(readText(answer)).rejects.toThrow('(the connection broke)');
  });

  test('the server falls silent in the middle of the answer', async () => {
    await using server = await answering((_, response) => response.write('half'));
    const answer = await get(server.url, { silenceMilliseconds: 20 });

    await expect(readText(answer)).rejects.toMatchObject({
      code: 'SERVER_UNREACHABLE',
      message: expect.stringContaining('(Body Timeout Error)'),
    });
  });

  test('a port that browsers don’t connect to', async () => {
    await expect(get('http://127.0.0.1:10080')).rejects.toThrow('(bad port)');
  });
});

describe('an answer', () => {
  test('that leads elsewhere is not followed', async () => {
    await using server = await answering((_, response) =>
      response.writeHead(302, { location: '/elsewhere' }).end(),
    );

    const { status, isSuccess } = await get(server.url);

    expect({ status, isSuccess }).toEqual({ status: 302, isSuccess: false });
  });

  test('that nobody reads to its end is hung up on', async () => {
    const left = Promise.withResolvers<void>();
    await using server = await answering((_, response) => {
      response.write('some of it');
      void once(response, 'close').then(() => left.resolve());
    });
    const { chunks } = await get(server.url);

    for await (const _ of chunks) break;

    await left.promise;
  });
});
