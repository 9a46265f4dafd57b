import { expect, test } from 'vitest';
import { TestClock } from '#kernel/testing';
import { RecordingLogger } from '#platform/telemetry/testing';
import { makePostgresDatabase, openGate, postgresUrl } from '../testing/index.ts';
import { PostgresChannel } from './postgres-channel.ts';

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
