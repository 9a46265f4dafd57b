import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestClock } from '#kernel/testing';
import { RecordingLogger } from '#platform/telemetry/testing';
import { type Channel, type Database, statement } from './index.ts';
import { openTestDatabase, testDialects } from './testing/index.ts';

/** A channel with what it has received. */
interface Heard extends Channel {
  readonly messages: string[];
}

describe.each(testDialects)('a channel in %s', (dialect) => {
  let database: Database;
  let clock: TestClock;
  let logger: RecordingLogger;
  beforeEach(async () => {
    database = await openTestDatabase(dialect, []);
    clock = new TestClock();
    logger = new RecordingLogger();
  });
  afterEach(() => database[Symbol.asyncDispose]());

  const open = async (name = 'news'): Promise<Heard> => {
    const messages: string[] = [];
    const receive = (message: string) => messages.push(message);
    const channel = await database.openChannel({ name, receive, clock, logger });
    return {
      messages,
      send: (message) => channel.send(message),
      [Symbol.asyncDispose]: () => channel[Symbol.asyncDispose](),
    };
  };

  test('takes what is sent, and can be closed', async () => {
    const channel = await open();

    await channel.send('hello');
    await channel[Symbol.asyncDispose]();

    await expect(channel.send('too late')).resolves.toBeUndefined();
  });

  // SQLite has one server.
  if (dialect === 'sqlite') return;

  describe('between servers', () => {
    const cutConnections = statement(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    );
    const cut = () => database.read((tx) => tx.all(cutConnections));

    test('is heard by all who opened one of its name', async () => {
      await using one = await open();
      await using other = await open();
      await using stranger = await open('gossip');

      await one.send('it’s “here”');
      await other.send('second');

      await expect.poll(() => other.messages).toEqual(['it’s “here”', 'second']);
      await expect.poll(() => one.messages).toEqual(['it’s “here”', 'second']);
      expect(stranger.messages).toEqual([]);
    });

    test('comes back by itself when the database has cut it off', async () => {
      await using one = await open();
      await using other = await open();

      await cut();
      await clock.awaited(250);
      await expect.poll(() => clock.sleepers).toBe(2);
      await one.send('lost');
      clock.advance(250);

      await expect
        .poll(async () => {
          await one.send('found');
          return other.messages;
        })
        .toContain('found');
      expect(other.messages).not.toContain('lost');
      expect(logger.failures).toEqual([]);
    });

    test('is closed though the database has cut it off', async () => {
      const channel = await open();

      await cut();
      await clock.awaited(250);

      await expect(channel[Symbol.asyncDispose]()).resolves.toBeUndefined();
    });

    test('survives a message that PostgreSQL refuses', async () => {
      await using one = await open();
      await using other = await open();

      await one.send('x'.repeat(8_000));
      await clock.awaited(250);
      clock.advance(250);

      await expect
        .poll(async () => {
          await one.send('fits');
          return other.messages;
        })
        .toContain('fits');
    });

    test('has a name that needs no quoting', async () => {
      await expect(open('news; drop table')).rejects.toThrow('name a channel');
    });
  });
});
