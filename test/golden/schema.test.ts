import { join } from 'node:path';
import { test } from 'vitest';
import { migrations } from '#app';
import { openTestDatabase, testDialects } from '#platform/db/testing';
import { dumpSchema } from './dump-schema.ts';
import { expectGolden } from './expect-golden.ts';

test.each(testDialects)('the schema on %s is the one that was agreed on', async (dialect) => {
  await using database = await openTestDatabase(dialect, migrations);

  const schema = await dumpSchema(database);

  await expectGolden(schema, join(import.meta.dirname, `schema.${dialect}.sql`));
});
