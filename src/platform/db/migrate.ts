import { defineErrors } from '#kernel';
import { type Database, statement, type WriteTransaction } from './database.ts';
import { columnTypes, type Migration } from './migration.ts';

export const databaseErrors = defineErrors({
  SCHEMA_NEWER: 'the database was migrated by a newer program than this one',
  SCHEMA_DIVERGED: 'the steps that the database has seen are not the steps of this program',
});

const makeTable = statement(
  'create table if not exists schema_migration (position integer primary key, name text not null)',
);
const lockTable = statement('lock table schema_migration in exclusive mode');
const appliedNames = statement<[], { name: string }>(
  'select name from schema_migration order by position',
);
const record = statement<[number, string]>(
  'insert into schema_migration (position, name) values (?, ?)',
);

/**
 * Brings the schema up to date: applies, in one transaction, the steps that the database has not
 * seen. Several servers may start at once; one applies, the others wait. Throws `SCHEMA_NEWER` when
 * the database has seen steps that this program does not know.
 */
export async function migrate(database: Database, migrations: readonly Migration[]): Promise<void> {
  await database.transact((tx) => createMigrationTable(tx));
  await database.transact(async (tx) => {
    if (tx.dialect === 'postgres') await tx.run(lockTable);
    const applied = (await tx.all(appliedNames)).map((row) => row.name);
    assertKnown(applied, migrations);
    for (const [index, migration] of migrations.entries()) {
      if (index >= applied.length) await apply(tx, migration, index);
    }
  });
}

async function createMigrationTable(tx: WriteTransaction): Promise<void> {
  // Two servers that create the table at the same moment collide inside PostgreSQL's catalogue.
  if (tx.dialect === 'postgres') await tx.all(statement('select pg_advisory_xact_lock(7211)'));
  await tx.run(makeTable);
}

function assertKnown(applied: readonly string[], migrations: readonly Migration[]): void {
  if (applied.length > migrations.length) {
    throw databaseErrors.fail(
      'SCHEMA_NEWER',
      'the database belongs to a newer Slipway; start that version, or restore a backup',
      { detail: { newest: applied.at(-1) } },
    );
  }
  const different = applied.findIndex((name, index) => migrations[index]?.name !== name);
  if (different >= 0) {
    throw databaseErrors.fail('SCHEMA_DIVERGED', 'the database was made by another program', {
      detail: { found: applied[different], expected: migrations[different]?.name },
    });
  }
}

async function apply(tx: WriteTransaction, migration: Migration, index: number): Promise<void> {
  for (const text of migration.statements(columnTypes(tx.dialect))) await tx.run(statement(text));
  await tx.run(record, index, migration.name);
}
