import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CommitBatches } from './commit-batches.ts';
import { SqliteConnection } from './sqlite-connection.ts';

let folder: string;
let connection: SqliteConnection;
let sync: () => Promise<void>;
let restore: () => Promise<boolean>;
let batches: CommitBatches;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-batches-'));
  connection = new SqliteConnection(join(folder, 'test.sqlite'), { readOnly: false });
  connection.execute('pragma journal_mode = wal; create table note (id integer primary key)');
  sync = async () => undefined;
  restore = async () => true;
  batches = new CommitBatches(connection, { sync: () => sync(), restore: () => restore() });
});
afterEach(async () => {
  await batches.idle();
  connection.close();
  await rm(folder, { recursive: true });
});

const add = (id: number) => async () => {
  connection.run('insert into note values (?)', [id]);
  return id;
};
const notes = () => connection.all('select id from note order by id', []).map((row) => row['id']);

test('what comes together is committed together, in order, each with its own result', async () => {
  const results = await Promise.all([1, 2, 3].map((id) => batches.run(add(id))));

  expect(results).toEqual([1, 2, 3]);
  expect(notes()).toEqual([1, 2, 3]);
});

test('a full disk is told as such, and nothing that did not fit is kept', async () => {
  await batches.run(add(1));
  const pages = Number(connection.all('pragma page_count', [])[0]?.['page_count']);
  connection.execute(`create table blob (bytes blob); pragma max_page_count = ${pages + 2}`);
  const tooMuch = async () => connection.run('insert into blob values (zeroblob(1000000))', []);

  const results = await Promise.allSettled([
    batches.run(add(2)),
    batches.run(tooMuch),
    batches.run(add(3)),
  ]);
  connection.execute('pragma max_page_count = 1000000');
  await batches.run(add(4));

  expect(results).toMatchObject([
    { value: 2 },
    { reason: { code: 'DATABASE_FULL', message: expect.stringContaining('make room') } },
    { value: 3 },
  ]);
  expect(notes()).toEqual([1, 2, 3, 4]);
});

test('one that throws takes nothing of the others with it', async () => {
  const failing = async () => {
    await add(2)();
    throw new Error('no');
  };

  const results = await Promise.allSettled([
    batches.run(add(1)),
    batches.run(failing),
    batches.run(add(3)),
  ]);

  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(notes()).toEqual([1, 3]);
});

/** What rolls back all of a batch, as SQLite does by itself on a full disk. */
const breaking = async () => {
  await add(9)();
  connection.execute('rollback');
  throw new Error('the disk is full');
};

test('one that takes the whole transaction with it is told so, alone; the others are run again', async () => {
  const runs: number[] = [];
  const counted = (id: number) => async () => {
    runs.push(id);
    return add(id)();
  };

  const results = await Promise.allSettled([
    batches.run(counted(1)),
    batches.run(counted(2)),
    batches.run(breaking),
    batches.run(counted(3)),
  ]);

  expect(results.map((result) => result.status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
  ]);
  expect(notes()).toEqual([1, 2, 3]);
  expect(runs).toEqual([1, 2, 1, 2, 3]);
});

test('one that takes the transaction with it before anybody else was run rejects nobody else', async () => {
  const results = await Promise.allSettled([batches.run(breaking), batches.run(add(1))]);

  expect(results.map((result) => result.status)).toEqual(['rejected', 'fulfilled']);
  expect(notes()).toEqual([1]);
});

test('when a commit fails, each of the batch has a commit to itself, and only whose fails is told', async () => {
  const execute = connection.execute.bind(connection);
  const isHeld = (id: number) => notes().includes(id);
  vi.spyOn(connection, 'execute').mockImplementation((text) => {
    if (text === 'commit' && isHeld(2)) throw new Error('no room for the second');
    execute(text);
  });

  const results = await Promise.allSettled([1, 2, 3].map((id) => batches.run(add(id))));

  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(notes()).toEqual([1, 3]);
});

test('a transaction that can not be begun fails one, and says that nothing was changed', async () => {
  const execute = connection.execute.bind(connection);
  vi.spyOn(connection, 'execute')
    .mockImplementationOnce(() => {
      throw new Error('database is locked');
    })
    .mockImplementation(execute);

  const results = await Promise.allSettled([1, 2].map((id) => batches.run(add(id))));

  expect(results).toMatchObject([{ reason: { code: 'DATABASE_UNAVAILABLE' } }, { value: 2 }]);
  expect(notes()).toEqual([2]);
});

test('a commit that could not be made durable is in doubt for all of the batch, and kept so far', async () => {
  sync = async () => {
    throw Object.assign(new Error('i/o error'), { code: 'EIO' });
  };
  const results = await Promise.allSettled([batches.run(add(1)), batches.run(add(2))]);
  sync = async () => undefined;

  expect(results).toMatchObject([
    { reason: { code: 'COMMIT_UNKNOWN' } },
    { reason: { code: 'COMMIT_UNKNOWN' } },
  ]);
  expect(notes()).toEqual([1, 2]);
});

test('after a sync that failed nothing is acknowledged until all before it is durable too', async () => {
  const steps: string[] = [];
  sync = async () => {
    throw new Error('i/o error');
  };
  await batches.run(add(1)).catch(() => undefined);
  sync = async () => void steps.push('sync');
  const answers = [false, true];
  restore = async () => {
    const isRestored = answers.shift() === true;
    steps.push(isRestored ? 'restored' : 'not restored');
    return isRestored;
  };

  const early = await Promise.allSettled([batches.run(add(2))]);
  await batches.run(add(3));
  await batches.run(add(4));

  expect(early).toMatchObject([{ reason: { code: 'DATABASE_UNAVAILABLE' } }]);
  expect(steps).toEqual(['not restored', 'restored', 'sync', 'sync']);
  expect(notes()).toEqual([1, 3, 4]);
});

test('nobody writes during a pause, and everybody after it', async () => {
  const pause = Promise.withResolvers<void>();
  batches.pauseFor(() => pause.promise);
  const writing = batches.run(add(1));
  await new Promise((resolve) => setImmediate(resolve));
  const during = notes();
  pause.resolve();
  await writing;

  expect(during).toEqual([]);
  expect(notes()).toEqual([1]);
});
