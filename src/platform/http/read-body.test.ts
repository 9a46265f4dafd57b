import { expect, onTestFinished, test } from 'vitest';
import { systemIds } from '#platform/crypto';
import { silentLogger } from '#platform/telemetry';
import { startHttpServer } from './http-server.ts';
import { bodyErrors, readBody } from './read-body.ts';

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
        response.writeHead(413, { connection: 'close' }).end(error.code);
      }
    },
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return (body: string) => fetch(`http://127.0.0.1:${server.port}/`, { method: 'POST', body });
}

test('a body within the limit is given whole', async () => {
  const post = await startEcho(5);

  expect(await (await post('12345')).text()).toBe('12345');
});

test('A11 a larger body is refused with an answer', async () => {
  const post = await startEcho(5);

  const answer = await post('x'.repeat(100_000));

  expect(answer.status).toBe(413);
  expect(await answer.text()).toBe('BODY_TOO_LARGE');
});
