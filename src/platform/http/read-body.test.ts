import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { systemIds } from '#platform/crypto';
import { silentLogger } from '#platform/telemetry';
import { startHttpServer } from './http-server.ts';
import { bodyErrors, readBody } from './read-body.ts';
import { sendAnswer } from './send-answer.ts';

async function startEcho(limitBytes: number) {
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    ids: systemIds,
    logger: silentLogger,
    handler: async (request, response) => {
      try {
        response.end(await readBody(request, limitBytes));
      } catch (error) {
        if (!bodyErrors.is(error)) throw error;
        sendAnswer({ request, response }, { status: 413, headers: {}, body: error.code });
      }
    },
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const { port } = server;
  const post = (body: string) => fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body });
  return { port, post };
}

test('a body within the limit is given whole', async () => {
  const { post } = await startEcho(5);

  expect(await (await post('12345')).text()).toBe('12345');
});

test('A11 a larger body is refused with an answer', async () => {
  const { post } = await startEcho(5);

  const answer = await post('x'.repeat(100_000));

  expect(answer.status).toBe(413);
  expect(await answer.text()).toBe('BODY_TOO_LARGE');
});

test('a body that says how large it is is refused before any of it has come', async () => {
  const { port } = await startEcho(5);
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  onTestFinished(() => void socket.destroy());

  socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 6\r\n\r\n');
  const [answer] = (await once(socket, 'data')) as [string];

  expect(answer).toMatch(/^HTTP\/1.1 413 /);
});

test('A11 a body that comes a byte at a time is given whole', async () => {
  const size = 400_000;
  const { port } = await startEcho(size);
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  onTestFinished(() => void socket.destroy());

  socket.write(
    'POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n',
  );
  socket.write(`${'1\r\nx\r\n'.repeat(size)}0\r\n\r\n`);
  let answer = '';
  for await (const part of socket) answer += String(part);

  expect(answer).toMatch(/^HTTP\/1.1 200 /);
  expect(answer.match(/x+/)?.[0]).toHaveLength(size);
});
