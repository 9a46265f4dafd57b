import type { Config } from '#platform/config';
import { type Database, databaseErrors, migrate, openPostgres, openSqlite } from '#platform/db';
import type { DataFolder } from './data-folder.ts';
import { migrations } from './migrations.ts';
import { type StartProblem, startStep } from './start-errors.ts';

type DatabaseSetting = Pick<
  Config,
  'databaseUrl' | 'databaseConnections' | 'databaseStatementSeconds'
>;

/** The configured database, with its schema up to date. Throws `DATABASE_UNUSABLE`. */
export function openDatabase(setting: DatabaseSetting, folder: DataFolder): Promise<Database> {
  return startStep(
    () => openMigrated(setting, folder),
    (code, error) => explain(code, error, { setting, folder }),
  );
}

async function openMigrated(setting: DatabaseSetting, folder: DataFolder): Promise<Database> {
  const { databaseUrl: url, databaseConnections: connections } = setting;
  if (url === undefined) return migrated(openSqlite({ path: folder.database }));
  // A migration takes as long as it needs, and waits as long as another server's does.
  await (await migrated(openPostgres({ url, connections: 1 })))[Symbol.asyncDispose]();
  const statementMilliseconds = Math.ceil(setting.databaseStatementSeconds * 1000);
  return openPostgres({ url, connections, statementMilliseconds });
}

async function migrated(database: Database): Promise<Database> {
  try {
    await migrate(database, migrations);
    return database;
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw isUnreached(error) ? error.cause : error;
  }
}

/** Behind it is what whoever starts the server can mend. */
function isUnreached(error: unknown): error is Error {
  return databaseErrors.is(error) && error.code === 'DATABASE_UNAVAILABLE';
}

interface Place {
  readonly setting: DatabaseSetting;
  readonly folder: DataFolder;
}

/** A wrong statement of ours is no problem of the place, and stays the failure that it is. */
function explain(code: string, error: Error, { setting, folder }: Place): StartProblem | undefined {
  const { databaseUrl } = setting;
  if (databaseUrl !== undefined && isUnreachable(code)) {
    const { host, pathname } = new URL(databaseUrl);
    const reason = error.message === '' ? code : error.message;
    return {
      code: 'DATABASE_UNUSABLE',
      message: `databaseUrl: PostgreSQL at ${host}${pathname} can't be used (${reason}): start it, or correct SLIPWAY_DATABASE_URL`,
    };
  }
  if (databaseUrl === undefined && unreadable.test(error.message)) {
    return {
      code: 'DATABASE_UNUSABLE',
      message: `data: ${folder.database} can't be opened (${error.message}): restore it from a backup, or let this user read and write it`,
    };
  }
  return undefined;
}

/** SQLITE_NOTADB, SQLITE_CORRUPT, SQLITE_CANTOPEN and SQLITE_READONLY, which Node tells by words only. */
const unreadable = /not a database|malformed|unable to open|readonly database/;

/** Of the network, or of PostgreSQL: refused log-ins (class 28), no such database (3D000), starting or stopping (57P). */
function isUnreachable(code: string): boolean {
  return /^(E[A-Z]+|28...|3D000|57P..)$/.test(code);
}
