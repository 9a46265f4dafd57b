import { join } from 'node:path';
import { test } from 'vitest';
import { buildsMigrations } from '#builds';
import { hubMigrations } from '#hub';
import { identityMigrations } from '#identity';
import { openTestDatabase, testDialects } from '#platform/db/testing';
import { jobsMigrations } from '#platform/jobs';
import { registryMigrations } from '#registry';
import { sourcesMigrations } from '#sources';
import { dumpSchema } from './dump-schema.ts';
import { expectGolden } from './expect-golden.ts';

const migrations = [
  ...identityMigrations,
  ...hubMigrations,
  ...registryMigrations,
  ...sourcesMigrations,
  ...jobsMigrations,
  ...buildsMigrations,
];

test.each(testDialects)('the schema on %s is the one that was agreed on', async (dialect) => {
  await using database = await openTestDatabase(dialect, migrations);

  const schema = await dumpSchema(database);

  await expectGolden(schema, join(import.meta.dirname, `schema.${dialect}.sql`));
});
