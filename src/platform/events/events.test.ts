import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#kernel';
import { systemIds } from '#platform/crypto';
import type { Database } from '#platform/db';
import { openTestDatabase, testDialects } from '#platform/db/testing';
import { RecordingLogger } from '#platform/telemetry/testing';
import { Events } from './index.ts';

interface Weather {
  readonly type: 'rain' | 'sun';
  readonly text?: string;
}

describe.each(testDialects)('events in %s', (dialect) => {
  let database: Database;
  let logger: RecordingLogger;
  beforeEach(async () => {
    database = await openTestDatabase(dialect, []);
    logger = new RecordingLogger();
  });
  afterEach(() => database[Symbol.asyncDispose]());

  const createServer = () => new Events({ database, ids: systemIds, clock: systemClock, logger });
  const openServer = async () => {
    const events = createServer();
    await events.connect();
    return events;
  };
  const weatherOf = (events: Events) => events.topic<Weather>('weather');
  const hearOn = (events: Events) => {
    const heard: Weather[] = [];
    weatherOf(events).on((event) => heard.push(event));
    return heard;
  };
  const publish = (events: Events, ...list: Weather[]) =>
    database.transact(async (tx) => {
      for (const event of list) weatherOf(events).publish(tx, event);
    });

  test('are told when the transaction is durable, in order', async () => {
    await using server = createServer();
    const heard = hearOn(server);
    let early = -1;

    await database.transact(async (tx) => {
      weatherOf(server).publish(tx, { type: 'rain' });
      weatherOf(server).publish(tx, { type: 'sun' });
      early = heard.length;
    });

    expect(early).toBe(0);
    expect(heard).toEqual([{ type: 'rain' }, { type: 'sun' }]);
  });

  test('are not told when the transaction fails', async () => {
    await using server = createServer();
    const heard = hearOn(server);

    const failing = database.transact(async (tx) => {
      weatherOf(server).publish(tx, { type: 'rain' });
      throw new Error('no');
    });

    await expect(failing).rejects.toThrow('no');
    expect(heard).toEqual([]);
  });

  test('reach only who listens to their topic, and as long as they listen', async () => {
    await using server = createServer();
    const heard: Weather[] = [];
    const stop = weatherOf(server).on((event) => heard.push(event));
    const others = hearOn(server);
    server.topic('news').on(() => others.push({ type: 'sun', text: 'of another topic' }));

    await publish(server, { type: 'rain' });
    stop();
    await publish(server, { type: 'sun' });

    expect(heard).toEqual([{ type: 'rain' }]);
    expect(others).toEqual([{ type: 'rain' }, { type: 'sun' }]);
  });

  test('reach the other listeners when one throws', async () => {
    await using server = createServer();
    weatherOf(server).on(() => {
      throw new Error('deaf');
    });
    const heard = hearOn(server);

    await publish(server, { type: 'rain' });

    expect(heard).toEqual([{ type: 'rain' }]);
    expect(logger.failures).toEqual([
      {
        level: 'error',
        fields: { error: new Error('deaf'), topic: 'weather' },
        message: 'a listener of events failed',
      },
    ]);
  });

  // SQLite has one server.
  if (dialect === 'sqlite') return;

  describe('between servers', () => {
    test('are heard on every other server, and on their own once', async () => {
      await using one = await openServer();
      await using other = await openServer();
      const [own, heard] = [hearOn(one), hearOn(other)];

      await publish(one, { type: 'rain' });
      await publish(other, { type: 'sun' });

      await expect.poll(() => heard).toHaveLength(2);
      await expect.poll(() => own).toHaveLength(2);
      expect(heard).toEqual(expect.arrayContaining([{ type: 'rain' }, { type: 'sun' }]));
    });

    test('that say the same and wait together are sent once', async () => {
      await using one = await openServer();
      await using other = await openServer();
      const heard = hearOn(other);
      const same = Array.from({ length: 50 }, (): Weather => ({ type: 'rain' }));

      await publish(one, ...same, { type: 'sun' });

      await expect.poll(() => heard).toEqual([{ type: 'rain' }, { type: 'sun' }]);
    });

    test('go out in several messages when they are many', async () => {
      await using one = await openServer();
      await using other = await openServer();
      const heard = hearOn(other);
      const many = Array.from({ length: 90 }, (_, number): Weather => {
        return { type: 'rain', text: `${number} ${'ü'.repeat(100)}` };
      });

      await publish(one, ...many);

      await expect.poll(() => heard).toEqual(many);
    });

    test('that are too large stay at home, and keep no other back', async () => {
      await using one = await openServer();
      await using other = await openServer();
      const [own, heard] = [hearOn(one), hearOn(other)];

      await publish(one, { type: 'rain', text: 'x'.repeat(7_000) }, { type: 'sun' });

      await expect.poll(() => heard).toEqual([{ type: 'sun' }]);
      expect(own).toHaveLength(2);
    });

    test('of others are told before the program ends', async () => {
      const one = await openServer();
      await using other = await openServer();
      const heard = hearOn(other);

      await publish(one, { type: 'rain' });
      await one[Symbol.asyncDispose]();

      await expect.poll(() => heard).toEqual([{ type: 'rain' }]);
    });

    test('are told apart from what else comes through the channel', async () => {
      await using server = await openServer();
      const heard = hearOn(server);
      const options = { name: 'slipway_events', receive: () => undefined };
      await using channel = await database.openChannel({ ...options, clock: systemClock, logger });

      await channel.send('not JSON');
      await channel.send('{"from":"x","hints":[{"topic":"weather"}]}');
      await channel.send('{"from":"x","hints":[{"topic":"weather","event":{"type":"sun"}}]}');

      await expect.poll(() => heard).toEqual([{ type: 'sun' }]);
      expect(logger.failures).toHaveLength(2);
    });
  });
});
