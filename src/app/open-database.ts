import type { Config } from '#platform/config';
import { type Database, migrate, openPostgres, openSqlite } from '#platform/db';
import type { DataFolder } from './data-folder.ts';
import { migrations } from './migrations.ts';

/** The configured database, with its schema up to date. */
export async function openDatabase(
  { databaseUrl }: Pick<Config, 'databaseUrl'>,
  folder: DataFolder,
): Promise<Database> {
  const database =
    databaseUrl === undefined
      ? openSqlite({ path: folder.database })
      : openPostgres({ url: databaseUrl });
  try {
    await migrate(database, migrations);
    return database;
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
}
