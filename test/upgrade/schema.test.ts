import { expect, test } from 'vitest';
import { migrations } from '#app';
import { migrate, statement } from '#platform/db';
import { openTestDatabase, testDialects } from '#platform/db/testing';
import { dumpSchema } from '../golden/dump-schema.ts';
import { fillDatabase, stepsOfThen } from './earlier-version.ts';

test.each(testDialects)(
  'a database of version 0.1.0 on %s comes to the schema that a new one has, and keeps its builds',
  async (dialect) => {
    await using fresh = await openTestDatabase(dialect, migrations);
    await using old = await openTestDatabase(dialect, stepsOfThen(migrations));
    await fillDatabase(old);

    await migrate(old, migrations);

    expect(await dumpSchema(old)).toBe(await dumpSchema(fresh));
    const builds = await old.read((tx) =>
      tx.all(statement<[], { state: string }>('select state from build order by id')),
    );
    expect(builds.map(({ state }) => state)).toEqual(['success', 'success', 'success', 'pending']);
  },
);
