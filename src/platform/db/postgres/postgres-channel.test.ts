import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { TestClock } from '#kernel/testing';
import { RecordingLogger } from '#platform/telemetry/testing';
import { makePostgresDatabase, postgresUrl } from '../testing/index.ts';
import { PostgresChannel } from './postgres-channel.ts';

/** A way to the database that can be closed for a while. */
async function openGate(databaseUrl: string) {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let isOpen = true;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    if (!isOpen) return socket.destroy();
    const upstream = connect(Number(target.port), target.hostname);
    upstream.on('error', () => undefined);
    sockets.add(socket).add(upstream);
    return socket.pipe(upstream).pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it has no port');
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = `${address.port}`;
  const close = () => {
    isOpen = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    close,
    open: () => {
      isOpen = true;
    },
    [Symbol.asyncDispose]: async () => {
      close();
      server.close();
      await once(server, 'close');
    },
  };
}

test.runIf(postgresUrl)('a channel tries again until the database is back', async () => {
  await using database = await makePostgresDatabase();
  await using gate = await openGate(database.url);
  const clock = new TestClock();
  const logger = new RecordingLogger();
  const messages: string[] = [];
  const receive = (message: string) => messages.push(message);
  await using channel = await PostgresChannel.open(gate.url, {
    name: 'news',
    receive,
    clock,
    logger,
  });

  gate.close();
  for (const milliseconds of [250, 500, 1000]) {
    await clock.awaited(milliseconds);
    clock.advance(milliseconds);
  }
  await clock.awaited(2000);
  gate.open();
  clock.advance(2000);

  await expect
    .poll(async () => {
      await channel.send('again');
      return messages;
    })
    .toContain('again');
  expect(logger.failures).toHaveLength(3);
});

test('a channel can not be opened where no database answers', async () => {
  const options = { name: 'news', receive: () => undefined };
  const parts = { clock: new TestClock(), logger: new RecordingLogger() };

  const opening = PostgresChannel.open('postgres://a:b@127.0.0.1:1/c', { ...options, ...parts });

  await expect(opening).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
