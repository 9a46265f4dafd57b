import { expect, onTestFinished, test } from 'vitest';
import { systemIds } from '#platform/crypto';
import { silentLogger } from '#platform/telemetry';
import { startHttpServer } from './http-server.ts';
import { sendAnswer } from './send-answer.ts';

test('an answer without a body has none, and no length', async () => {
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    ids: systemIds,
    logger: silentLogger,
    handler: async (request, response) =>
      sendAnswer({ request, response }, { status: 204, headers: { 'x-a': 'b' } }),
  });
  onTestFinished(() => server[Symbol.asyncDispose]());

  const answer = await fetch(`http://127.0.0.1:${server.port}/`);

  expect(answer.status).toBe(204);
  expect(answer.headers.get('x-a')).toBe('b');
  expect(answer.headers.has('content-length')).toBe(false);
});
