import { expect, test } from 'vitest';
import { migrate, statement } from '#platform/db';
import { openTestDatabase, testDialects } from '#platform/db/testing';
import { migrations } from './migrations.ts';

const insertOrder = statement(
  `insert into tag_order (repository_id, tag, seq, build_id) values (7, 'latest', 30, 42)`,
);
const selectOrders = statement('select * from publish_order');

test.each(testDialects)(
  'what builds knew of newer tags the registry knows on %s',
  async (dialect) => {
    const name = '0002-publish-order-to-the-registry';
    const before = migrations.filter((step) => step.name !== name);
    await using database = await openTestDatabase(dialect, before);
    await database.transact((tx) => tx.run(insertOrder));

    await migrate(database, migrations);

    expect(await database.read((tx) => tx.all(selectOrders))).toEqual([
      { repository_id: 7, tag: 'latest', position: 30, label: 'build 42' },
    ]);
  },
);
