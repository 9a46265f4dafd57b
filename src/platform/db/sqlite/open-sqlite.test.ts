import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Database, statement } from '../database.ts';
import { openSqlite } from './open-sqlite.ts';

const execute = promisify(execFile);
const walBytes = 256 * 1024;
const add = statement<[number, Uint8Array]>(
  'insert or replace into note (id, bytes) values (?, ?)',
);
const count = statement<[], { notes: number }>('select count(*) as notes from note');

let folder: string;
let path: string;
let database: Database;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-sqlite-'));
  path = join(folder, 'test.sqlite');
  // The clock does nothing here: what keeps the file small is that somebody writes.
  database = openSqlite({ path, walBytes, checkpointMilliseconds: 1_000_000 });
  await database.transact((tx) =>
    tx.run(statement('create table note (id integer primary key, bytes blob)')),
  );
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const walSize = async () => (await stat(`${path}-wal`)).size;
const bytes = new Uint8Array(16 * 1024).fill(7);

/** Writers that never pause, and readers beside them; gives the largest size that the WAL had. */
async function writeSteadily(transactions: number): Promise<number> {
  let [left, largest] = [transactions, 0];
  const write = async () => {
    while (left > 0) {
      left -= 1;
      const id = left % 50;
      await database.transact((tx) => tx.run(add, id, bytes));
      largest = Math.max(largest, await walSize());
    }
  };
  const read = async () => {
    while (left > 0) {
      await database.read((tx) => tx.all(count));
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await Promise.all([write(), write(), write(), write(), read(), read()]);
  return largest;
}

test('steady writers and readers do not let the write-ahead log grow beyond its bound', async () => {
  const largest = await writeSteadily(1_000);

  expect(largest).toBeGreaterThan(walBytes);
  expect(largest).toBeLessThan(3 * walBytes + 10 * bytes.length * 8);
});

test('the write-ahead log is small again when nobody writes any more', async () => {
  await writeSteadily(100);

  await expect.poll(walSize).toBeLessThan(walBytes);
  expect(await database.read((tx) => tx.all(count))).toEqual([{ notes: 50 }]);
});

test('somebody else’s long read, which the log is kept for, stops no writer', async () => {
  const other = new DatabaseSync(path, { readOnly: true });
  other.exec('begin');
  other.prepare('select count(*) from note').all();

  await writeSteadily(100);
  const during = await walSize();
  other.exec('commit');
  other.close();

  expect(during).toBeGreaterThan(walBytes);
  expect(await database.read((tx) => tx.all(count))).toEqual([{ notes: 50 }]);
});

test('a program that waits for nothing but a write ends after it, however long the log is cut back', async () => {
  const program = `
    const { openSqlite } = await import(${JSON.stringify(new URL('./open-sqlite.ts', import.meta.url).href)});
    const database = openSqlite({ path: process.argv[1], walBytes: 4096 });
    const text = 'insert or replace into note (id, bytes) values (1, zeroblob(100000))';
    for (let count = 0; count < 50; count += 1) await database.transact((tx) => tx.run({ text }));
    await database[Symbol.asyncDispose]();
    process.stdout.write('done');`;

  const { stdout } = await execute(process.execPath, [
    '--input-type=module',
    '--eval',
    program,
    join(folder, 'test.sqlite'),
  ]);

  expect(stdout).toBe('done');
});
