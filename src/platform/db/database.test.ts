import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Database, statement } from './database.ts';
import { databaseErrors, isCommitUnknown } from './database-errors.ts';
import { migrate } from './migrate.ts';
import type { Migration } from './migration.ts';
import { openTestDatabase, testDialects } from './testing/test-databases.ts';

interface Tables {
  note: { id: number; body: string; bytes: Uint8Array | null };
}

const first: Migration = {
  name: '0001-note',
  statements: (types) => [
    `create table note (id ${types.integer} primary key, body ${types.text} not null, bytes ${types.bytes})`,
  ],
};
const addNote = statement<[number, string]>('insert into note (id, body) values (?, ?)');
const bodies = statement<[], { body: string }>('select body from note order by id');

describe.each(testDialects)('a database in %s', (dialect) => {
  let database: Database;
  afterEach(async () => {
    await database[Symbol.asyncDispose]();
  });

  test('shows committed rows to the next read', async () => {
    database = await openTestDatabase(dialect, [first]);

    await database.transact((tx) => tx.run(addNote, 1, 'one'));

    expect(await database.read((tx) => tx.all(bodies))).toEqual([{ body: 'one' }]);
  });

  test('keeps nothing of a transaction that throws', async () => {
    database = await openTestDatabase(dialect, [first]);
    const failing = database.transact(async (tx) => {
      await tx.run(addNote, 1, 'one');
      throw new Error('no');
    });

    await expect(failing).rejects.toThrow('no');

    expect(await database.read((tx) => tx.all(bodies))).toEqual([]);
  });

  test('runs callbacks after the commit and never after a failure', async () => {
    database = await openTestDatabase(dialect, [first]);
    const calls: string[] = [];
    const failing = database.transact(async (tx) => {
      tx.afterCommit(() => calls.push('failed'));
      throw new Error('no');
    });
    await failing.catch(() => undefined);

    await database.transact(async (tx) => tx.afterCommit(() => calls.push('committed')));

    expect(calls).toEqual(['committed']);
  });

  test('keeps nothing, and says so, when a statement failed and the work went on', async () => {
    database = await openTestDatabase(dialect, [first]);
    await database.transact((tx) => tx.run(addNote, 1, 'one'));
    const outcome = await database
      .transact(async (tx) => {
        await tx.run(addNote, 2, 'two');
        await tx.run(addNote, 1, 'again').catch(() => undefined);
      })
      .then(
        () => ['one', 'two'],
        () => ['one'],
      );

    const kept = await database.read((tx) => tx.all(bodies));

    expect(kept.map(({ body }) => body)).toEqual(outcome);
    expect(outcome).toEqual(dialect === 'sqlite' ? ['one', 'two'] : ['one']);
  });

  test('does not reject what it kept when a callback throws, and runs the others', async () => {
    database = await openTestDatabase(dialect, [first]);
    const warnings = vi.spyOn(process, 'emitWarning').mockReturnValue(undefined);
    const calls: string[] = [];

    await database.transact(async (tx) => {
      tx.afterCommit(() => {
        throw new Error('of a callback');
      });
      tx.afterCommit(() => calls.push('second'));
      await tx.run(addNote, 1, 'one');
    });

    expect(calls).toEqual(['second']);
    expect(warnings).toHaveBeenCalledOnce();
    warnings.mockRestore();
  });

  test.each(['kept', 'lost'] as const)(
    'tells a commit in doubt from all else: %s',
    async (outcome) => {
      const doubtful = await openTestDatabase(dialect, [first]);
      database = doubtful;
      doubtful.doubtNextCommit(outcome);
      const failing = doubtful.transact(async (tx) => {
        await tx.run(addNote, 1, 'one');
        throw new Error('no');
      });
      const failure: unknown = await failing.catch((error: unknown) => error);
      const doubt: unknown = await doubtful
        .transact((tx) => tx.run(addNote, 2, 'two'))
        .catch((error: unknown) => error);

      expect([failure, doubt].map(isCommitUnknown)).toEqual([false, true]);
      expect(await database.read((tx) => tx.all(bodies))).toHaveLength(outcome === 'kept' ? 1 : 0);
    },
  );

  test('lets many writers at once each see the others’ commits', async () => {
    database = await openTestDatabase(dialect, [first]);
    await database.transact((tx) => tx.run(addNote, 1, '0'));
    const increment = () =>
      database.transact(async (tx) => {
        const query = tx.tables<Tables>().selectFrom('note').select('body').where('id', '=', 1);
        const row = await (dialect === 'postgres'
          ? query.forUpdate()
          : query
        ).executeTakeFirstOrThrow();
        await tx
          .tables<Tables>()
          .updateTable('note')
          .set({ body: String(Number(row.body) + 1) })
          .execute();
      });

    await Promise.all(Array.from({ length: 20 }, increment));

    expect(await database.read((tx) => tx.all(bodies))).toEqual([{ body: '20' }]);
  });

  test('refuses a text with NUL, to store and to look for, and takes it in bytes', async () => {
    database = await openTestDatabase(dialect, [first]);
    const find = statement<[string]>('select id from note where body = ?');
    const refused = { code: 'TEXT_UNSTORABLE' };

    const byHand = database.transact((tx) => tx.run(addNote, 1, 'a\0b'));
    await expect(byHand).rejects.toMatchObject(refused);
    const built = database.transact((tx) =>
      tx.tables<Tables>().insertInto('note').values({ id: 1, body: '\0', bytes: null }).execute(),
    );
    await expect(built).rejects.toMatchObject(refused);

    await expect(database.read((tx) => tx.all(find, '\0'))).rejects.toMatchObject(refused);
    expect(await database.read((tx) => tx.all(bodies))).toEqual([]);
  });

  test('keeps bytes as they are', async () => {
    database = await openTestDatabase(dialect, [first]);
    const bytes = new Uint8Array([0, 255, 10]);

    await database.transact((tx) =>
      tx.tables<Tables>().insertInto('note').values({ id: 1, body: '', bytes }).execute(),
    );

    const row = await database.read((tx) =>
      tx.tables<Tables>().selectFrom('note').select('bytes').executeTakeFirstOrThrow(),
    );
    expect([...(row.bytes ?? [])]).toEqual([0, 255, 10]);
  });

  test('applies each migration once, also when several servers start together', async () => {
    database = await openTestDatabase(dialect, [first]);
    const second: Migration = {
      name: '0002-more',
      statements: () => ['alter table note add more text'],
    };

    await Promise.all(Array.from({ length: 5 }, () => migrate(database, [first, second])));

    await database.transact((tx) =>
      tx.run(statement("insert into note (id, body, more) values (1, '', 'x')")),
    );
  });

  test('A45 of an upgrade that fails half-way nothing stays, and the next try does all of it', async () => {
    database = await openTestDatabase(dialect, [first]);
    const second: Migration = {
      name: '0002-more',
      statements: () => ['alter table note add more text', 'create table later (id integer)'],
    };
    const broken: Migration = { name: '0003-broken', statements: () => ['this is no statement'] };

    await expect(migrate(database, [first, second, broken])).rejects.toThrow();
    await migrate(database, [first, second]);

    expect(await database.read((tx) => tx.all(statement('select id from later')))).toEqual([]);
  });

  test('takes a step that was added between others', async () => {
    database = await openTestDatabase(dialect, [first]);
    const earlier: Migration = {
      name: '0001-other',
      statements: () => ['create table other (id integer)'],
    };

    await migrate(database, [earlier, first]);

    expect(await database.read((tx) => tx.all(statement('select id from other')))).toEqual([]);
  });

  test('refuses a schema that a newer program made', async () => {
    database = await openTestDatabase(dialect, [first]);

    await expect(migrate(database, [])).rejects.toSatisfy(
      (error) => databaseErrors.is(error) && error.code === 'SCHEMA_NEWER',
    );
  });
});
