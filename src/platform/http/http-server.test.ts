import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { systemIds } from '#platform/crypto';
import { silentLogger } from '#platform/telemetry';
import { type HttpHandler, startHttpServer } from './http-server.ts';

const aLongTime = 60_000;

function start(handler: HttpHandler) {
  const address = { host: '127.0.0.1', port: 0 };
  return startHttpServer({ ...address, handler, ids: systemIds, logger: silentLogger });
}

test('draining does not wait for a connection on which nothing was asked', async () => {
  await using server = await start(async (_, response) => void response.end());
  const socket = connect(server.port, '127.0.0.1').on('error', () => undefined);
  await once(socket, 'connect');

  await server.drain(aLongTime);
  socket.destroy();
});

test('draining lets an answer under way end, and then the connection that its client keeps', async () => {
  const [asked, mayAnswer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await using server = await start(async (_, response) => {
    asked.resolve();
    await mayAnswer.promise;
    response.end('whole');
  });
  const answer = fetch(`http://127.0.0.1:${server.port}/`);
  await asked.promise;

  const drained = server.drain(aLongTime);
  mayAnswer.resolve();

  expect(await (await answer).text()).toBe('whole');
  await drained;
});
