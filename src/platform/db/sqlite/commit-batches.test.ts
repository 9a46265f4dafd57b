import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CommitBatches } from './commit-batches.ts';
import { SqliteConnection } from './sqlite-connection.ts';

let folder: string;
let connection: SqliteConnection;
let sync: () => Promise<void>;
let batches: CommitBatches;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-batches-'));
  connection = new SqliteConnection(join(folder, 'test.sqlite'), { readOnly: false });
  connection.execute('pragma journal_mode = wal; create table note (id integer primary key)');
  sync = async () => undefined;
  batches = new CommitBatches(connection, () => sync());
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

  const results = await Promise.allSettled([batches.run(add(2)), batches.run(tooMuch)]);
  connection.execute('pragma max_page_count = 1000000');
  await batches.run(add(3));

  expect(results[1]).toMatchObject({ reason: { code: 'DATABASE_FULL' } });
  expect(notes()).toEqual(results[0]?.status === 'fulfilled' ? [1, 2, 3] : [1, 3]);
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

test('when the commit fails, all of the batch are told, and the next batch runs', async () => {
  const breaking = async () => {
    await add(2)();
    connection.execute('rollback');
  };

  const results = await Promise.allSettled([batches.run(add(1)), batches.run(breaking)]);
  await batches.run(add(3));

  expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected']);
  expect(notes()).toEqual([3]);
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
