import { type Database, statement, type WriteTransaction } from './database.ts';
import { databaseErrors } from './database-errors.ts';
import { columnTypes, type Migration } from './migration.ts';

const makeTable = statement('create table if not exists schema_migration (name text primary key)');
const lockTable = statement('lock table schema_migration in exclusive mode');
const appliedNames = statement<[], { name: string }>('select name from schema_migration');
const record = statement<[string]>('insert into schema_migration (name) values (?)');

/**
 * Brings the schema up to date: applies, in one transaction and in the order given, the steps that
 * the database has not seen. A step is known by its name, so a room may add to its own. Several
 * servers may start at once; one applies, the others wait. Throws `SCHEMA_NEWER` when the database
 * has seen steps that this program does not know.
 */
export async function migrate(database: Database, migrations: readonly Migration[]): Promise<void> {
  await database.transact((tx) => createMigrationTable(tx));
  await database.transact(async (tx) => {
    if (tx.dialect === 'postgres') await tx.run(lockTable);
    const applied = new Set((await tx.all(appliedNames)).map(({ name }) => name));
    assertKnown(applied, migrations);
    for (const migration of migrations) {
      if (!applied.has(migration.name)) await apply(tx, migration);
    }
  });
}

async function createMigrationTable(tx: WriteTransaction): Promise<void> {
  // Two servers that create the table at the same moment collide inside PostgreSQL's catalogue.
  if (tx.dialect === 'postgres') await tx.all(statement('select pg_advisory_xact_lock(7211)'));
  await tx.run(makeTable);
}

function assertKnown(applied: ReadonlySet<string>, migrations: readonly Migration[]): void {
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = [...applied].filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw databaseErrors.fail(
    'SCHEMA_NEWER',
    'the database belongs to a newer Slipway; start that version, or restore a backup',
    { detail: { unknown } },
  );
}

async function apply(tx: WriteTransaction, migration: Migration): Promise<void> {
  for (const text of migration.statements(columnTypes(tx.dialect))) await tx.run(statement(text));
  await tx.run(record, migration.name);
}
