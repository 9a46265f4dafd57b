import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Database, statement } from '../database.ts';
import { migrate } from '../migrate.ts';
import { type Gate, makePostgresDatabase, openGate, postgresUrl } from '../testing/index.ts';
import { openPostgres } from './open-postgres.ts';

const tables = {
  name: '0001-note',
  statements: () => ['create table note (id bigint primary key)'],
};
const add = statement<[number]>('insert into note (id) values (?)');
const list = statement<[], { id: number }>('select id from note order by id');

describe.runIf(postgresUrl)('a PostgreSQL that goes away', () => {
  let stack: AsyncDisposableStack;
  let gate: Gate;
  let database: Database;
  beforeEach(async () => {
    stack = new AsyncDisposableStack();
    const made = stack.use(await makePostgresDatabase());
    gate = stack.use(await openGate(made.url));
    database = stack.use(openPostgres({ url: gate.url, connections: 2 }));
    await migrate(database, [tables]);
  });
  afterEach(() => stack.disposeAsync());

  const insert = (id: number) => database.transact((tx) => tx.run(add, id));
  const notes = async () => (await database.read((tx) => tx.all(list))).map(({ id }) => id);

  test('before the commit has kept nothing', async () => {
    gate.cutAt('insert into note', 'answered');

    await expect(insert(1)).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      detail: { retryAfterSeconds: 5 },
    });

    expect(await notes()).toEqual([]);
  });

  test.each([
    ['sent', []],
    ['answered', [1]],
  ] as const)('when the commit is %s leaves open whether it was kept', async (when, kept) => {
    const callbacks: string[] = [];
    gate.cutAt('commit', when);

    const doubtful = database.transact(async (tx) => {
      tx.afterCommit(() => callbacks.push('called'));
      await tx.run(add, 1);
    });

    await expect(doubtful).rejects.toMatchObject({ code: 'COMMIT_UNKNOWN' });
    expect(await notes()).toEqual(kept);
    expect(callbacks).toEqual([]);
  });

  test('by a statement that takes too long, a lock, or silence, fails whoever waits, and nobody after', async () => {
    await using hasty = openPostgres({ url: gate.url, connections: 4, statementMilliseconds: 400 });
    const held = Promise.withResolvers<void>();
    const locked = Promise.withResolvers<void>();
    const holder = database.transact(async (tx) => {
      await tx.run(add, 1);
      locked.resolve();
      await held.promise;
    });
    await locked.promise;

    const results = await Promise.allSettled([
      hasty.read((tx) => tx.all(statement('select pg_sleep(60)'))),
      hasty.transact((tx) => tx.run(add, 1)),
    ]);
    held.resolve();
    await holder;
    gate.stall();
    const unheard = await Promise.allSettled([hasty.transact((tx) => tx.run(add, 2))]);
    gate.close();
    gate.open();

    for (const result of [...results, ...unheard]) {
      expect(result).toMatchObject({ reason: { code: 'DATABASE_UNAVAILABLE' } });
    }
    expect(results.map((result) => (result as PromiseRejectedResult).reason.cause.code)).toEqual([
      '57014',
      '55P03',
    ]);
    await hasty.transact((tx) => tx.run(add, 3));
    expect(await notes()).toEqual([1, 3]);
  });

  test('while a connection is in use ends nothing but its transaction', async () => {
    const stopped = database.transact(async (tx) => {
      await tx.run(add, 1);
      gate.close();
      await tx.run(add, 2);
    });

    await expect(stopped).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await expect(notes()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    gate.open();
    await insert(3);
    expect(await notes()).toEqual([3]);
  });
});
