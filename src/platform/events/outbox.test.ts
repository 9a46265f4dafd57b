import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestClock } from '#kernel/testing';
import { systemIds } from '#platform/crypto';
import { type Database, statement } from '#platform/db';
import { openTestDatabase, testDialects } from '#platform/db/testing';
import { silentLogger } from '#platform/telemetry';
import { type Consumer, createOutbox, Events, eventsMigrations, type Outbox } from './index.ts';

const nothing = statement('select 1');

describe.each(testDialects)('an outbox in %s', (dialect) => {
  let database: Database;
  let clock: TestClock;
  let outbox: Outbox;
  beforeEach(async () => {
    database = await openTestDatabase(dialect, eventsMigrations);
    clock = new TestClock();
    outbox = openServer();
  });
  afterEach(() => database[Symbol.asyncDispose]());

  const openServer = () => {
    const events = new Events({ database, ids: systemIds, clock, logger: silentLogger });
    return createOutbox({ database, clock, events });
  };
  const append = (...payloads: string[]) =>
    database.transact(async (tx) => {
      for (const payload of payloads) await outbox.append(tx, { topic: 'tag', payload });
    });
  /** A consumer that keeps what it takes. */
  const consumer = (name: string) => {
    const taken: string[] = [];
    const take: Consumer['take'] = async (_tx, events) => {
      taken.push(...events.map(({ payload }) => payload));
    };
    return { name, taken, take };
  };
  const rows = async () => {
    const counted = statement<[], { count: number }>('select count(*) as count from outbox');
    return (await database.read((tx) => tx.first(counted)))?.count;
  };

  test('gives every consumer each event once, in order', async () => {
    const [audit, hooks] = [consumer('audit'), consumer('hooks')];
    await outbox.consume(audit);
    await outbox.consume(hooks);

    await append('1', '2');
    await outbox.consume(audit);
    await append('3');
    await outbox.consume(audit);
    await outbox.consume(hooks);
    await outbox.consume(hooks);

    expect(audit.taken).toEqual(['1', '2', '3']);
    expect(hooks.taken).toEqual(['1', '2', '3']);
  });

  test('says what each event is about and when it was', async () => {
    const seen: unknown[] = [];
    const reader: Consumer = {
      name: 'reader',
      take: async (_tx, events) => void seen.push(...events),
    };
    await outbox.consume(reader);
    await append('{"tag":"latest"}');

    await outbox.consume(reader);

    expect(seen).toEqual([
      expect.objectContaining({
        topic: 'tag',
        payload: '{"tag":"latest"}',
        createdAt: clock.now(),
      }),
    ]);
  });

  test('keeps nothing of a transaction that failed', async () => {
    const audit = consumer('audit');
    await outbox.consume(audit);
    const failing = database.transact(async (tx) => {
      await outbox.append(tx, { topic: 'tag', payload: '1' });
      throw new Error('no');
    });
    await failing.catch(() => undefined);

    await outbox.consume(audit);

    expect(audit.taken).toEqual([]);
  });

  test('gives the same events again to a consumer that failed', async () => {
    const audit = consumer('audit');
    await outbox.consume(audit);
    await append('1');
    const failing = { ...audit, take: () => Promise.reject(new Error('full')) };

    await expect(outbox.consume(failing)).rejects.toThrow('full');
    await append('2');
    await outbox.consume(audit);

    expect(audit.taken).toEqual(['1', '2']);
  });

  test('gives many events in steps', async () => {
    const audit = consumer('audit');
    await outbox.consume(audit);
    const many = Array.from({ length: 250 }, (_, number) => `${number}`);
    await append(...many);

    await outbox.consume(audit);

    expect(audit.taken).toEqual(many);
  });

  test('lets a new consumer begin with what comes after', async () => {
    const audit = consumer('audit');
    await outbox.consume(audit);
    await append('1');
    await outbox.consume(audit);
    const late = consumer('late');

    await outbox.consume(late);
    await append('2');
    await outbox.consume(late);

    expect(late.taken).toEqual(['2']);
  });

  test('removes what all consumers have taken, and nothing else', async () => {
    const [audit, hooks] = [consumer('audit'), consumer('hooks')];
    await outbox.consume(audit);
    await outbox.consume(hooks);
    await append('1', '2');
    await outbox.consume(audit);
    await outbox.consume(hooks);
    await append('3');
    await outbox.consume(audit);

    await outbox.removeTaken();
    const left = await rows();
    await outbox.consume(hooks);
    await outbox.removeTaken();

    expect(left).toBe(1);
    expect(hooks.taken).toEqual(['1', '2', '3']);
    expect(await rows()).toBe(0);
  });

  test('keeps nothing where nobody consumes', async () => {
    await append(...Array.from({ length: 250 }, (_, number) => `${number}`));

    await outbox.removeTaken();

    expect(await rows()).toBe(0);
  });

  test('goes on in order after everything was removed', async () => {
    const audit = consumer('audit');
    await outbox.consume(audit);
    await append('1');
    await outbox.consume(audit);
    await outbox.removeTaken();

    await append('2');
    await outbox.consume(audit);

    expect(audit.taken).toEqual(['1', '2']);
  });

  test('tells who consumes that there is something', async () => {
    let told = 0;
    const stop = outbox.onAppend(() => {
      told += 1;
    });

    await append('1');
    stop();
    await append('2');

    expect(told).toBe(1);
  });

  test('gives each event to one of several servers that consume at once', async () => {
    const audit = consumer('audit');
    await outbox.consume(audit);
    const many = Array.from({ length: 300 }, (_, number) => `${number}`);
    await append(...many);
    const servers = [outbox, openServer(), openServer()];

    await Promise.all(servers.map((server) => server.consume(audit)));
    await outbox.consume(audit);

    expect(audit.taken).toEqual(many);
  });

  // SQLite has one writer at a time.
  if (dialect === 'sqlite') return;

  test('misses nothing that began earlier and was committed later', async () => {
    const audit = consumer('audit');
    await outbox.consume(audit);
    const hasInserted = Promise.withResolvers<void>();
    let mayCommit = false;
    const slow = database.transact(async (tx) => {
      await outbox.append(tx, { topic: 'tag', payload: 'slow' });
      hasInserted.resolve();
      while (!mayCommit) await tx.first(nothing);
    });
    await hasInserted.promise;
    await append('fast');

    await outbox.consume(audit);
    mayCommit = true;
    await slow;
    await outbox.consume(audit);

    expect(audit.taken).toEqual(['fast', 'slow']);
  });
});
