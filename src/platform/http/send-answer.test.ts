import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemIds } from '#platform/crypto';
import { silentLogger } from '#platform/telemetry';
import { startHttpServer } from './http-server.ts';
import { readBody } from './read-body.ts';
import { type DiscardLimits, sendAnswer } from './send-answer.ts';
import { sendBluntly } from './testing/index.ts';

const refusal = { status: 413, headers: {}, body: 'too large' };
const head = ['POST / HTTP/1.1', 'Host: localhost'];

/** Refuses every body, before it is read or when some of it was. */
async function startRefusing(when: 'before' | 'while', limits?: DiscardLimits): Promise<number> {
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    ids: systemIds,
    logger: silentLogger,
    handler: async (request, response) => {
      if (when === 'while') await readBody(request, 8_000_000).catch(() => undefined);
      await sendAnswer({ request, response }, refusal, limits);
    },
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server.port;
}

/** Sends chunk after chunk, whatever is answered, until the server hangs up; gives what it said. */
async function sendForEver(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  let answer = '';
  socket.on('data', (text: string) => {
    answer += text;
  });
  socket.on('error', () => undefined);
  socket.write([...head, 'Transfer-Encoding: chunked', '', ''].join('\r\n'));
  const sending = setInterval(() => socket.write(`2000\r\n${'x'.repeat(0x2000)}\r\n`), 1);
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(sending);
  return answer;
}

describe('A11 what a refused request still has to say', () => {
  test.each(['before', 'while'] as const)(
    'is taken, so that a client that sends all before it reads sees the refusal (refused %s it was read)',
    async (when) => {
      const port = await startRefusing(when);

      const answer = await sendBluntly({ port, head, body: 'x'.repeat(12_000_000) });

      expect(answer).toMatch(/^HTTP\/1.1 413 /);
      expect(answer).toMatch(/too large$/);
    },
  );

  test('is cut off where it is too much, after the answer', async () => {
    const port = await startRefusing('before', { bytes: 100_000, milliseconds: 60_000 });

    expect(await sendForEver(port)).toMatch(/too large$/);
  });

  test('is cut off where it takes too long, after the answer', async () => {
    const port = await startRefusing('before', { bytes: 1_000_000_000, milliseconds: 50 });

    expect(await sendForEver(port)).toMatch(/too large$/);
  });

  test('keeps nothing from the next request on the connection', async () => {
    const port = await startRefusing('before');
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    const body = 'x'.repeat(500_000);
    const request = `${head.join('\r\n')}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    let answers = '';
    socket.on('data', (text: string) => {
      answers += text;
    });

    socket.write(request);
    socket.write(request);

    await expect.poll(() => answers.match(/too large/g)?.length).toBe(2);
    socket.destroy();
  });
});

test('an answer without a body has none, and no length', async () => {
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    ids: systemIds,
    logger: silentLogger,
    handler: (request, response) =>
      sendAnswer({ request, response }, { status: 204, headers: { 'x-a': 'b' } }),
  });
  onTestFinished(() => server[Symbol.asyncDispose]());

  const answer = await fetch(`http://127.0.0.1:${server.port}/`);

  expect(answer.status).toBe(204);
  expect(answer.headers.get('x-a')).toBe('b');
  expect(answer.headers.has('content-length')).toBe(false);
});
