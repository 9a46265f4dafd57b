import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DialectName } from '../database.ts';
import { migrate } from '../migrate.ts';
import type { Migration } from '../migration.ts';
import { openPostgres } from '../postgres/open-postgres.ts';
import { openSqlite } from '../sqlite/open-sqlite.ts';
import { DoubtfulDatabase } from './doubtful-database.ts';
import { makePostgresDatabase, postgresUrl } from './postgres-database.ts';

/**
 * The dialects that tests run on: SQLite always, PostgreSQL where a server is named. `./slipway
 * test` always names one, so nothing is left out there.
 */
export const testDialects: readonly DialectName[] =
  postgresUrl === undefined ? ['sqlite'] : ['sqlite', 'postgres'];

/** A fresh, migrated database that is gone when it is disposed of. */
export async function openTestDatabase(
  dialect: DialectName,
  migrations: readonly Migration[],
): Promise<DoubtfulDatabase> {
  const database = dialect === 'sqlite' ? await freshSqlite() : await freshPostgres();
  await migrate(database, migrations);
  return database;
}

async function freshSqlite(): Promise<DoubtfulDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-db-'));
  const database = openSqlite({ path: join(folder, 'test.sqlite') });
  return new DoubtfulDatabase(database, () => rm(folder, { recursive: true, force: true }));
}

async function freshPostgres(): Promise<DoubtfulDatabase> {
  const made = await makePostgresDatabase();
  const database = openPostgres({ url: made.url, connections: 8 });
  return new DoubtfulDatabase(database, async () => made[Symbol.asyncDispose]());
}
