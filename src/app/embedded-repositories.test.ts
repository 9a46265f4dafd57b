import { expect, test } from 'vitest';
import { createGitHost } from '#githost';
import { parseRepositoryName, systemClock } from '#kernel';
import { migrate, statement } from '#platform/db';
import { openTestDatabase, testDialects } from '#platform/db/testing';
import { migrations } from './migrations.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const before = migrations.slice(
  0,
  migrations.findIndex(({ name }) => name === '0002-providers'),
);
const insertSource = statement<[name: string]>(
  `insert into source (kind, name, observation, created_at) values ('embedded', ?, 0, 5)`,
);
const insertRef = statement<[]>(
  `insert into source_ref (source_id, ref_type, ref_name, commit_id, seq)
   values (2, 'branch', 'main', 'a1', 1)`,
);
const deleteSource = statement<[name: string]>('delete from source where name = ?');

test.each(testDialects)(
  'sources of an older database are repositories under their ids, and new ones get others (%s)',
  async (dialect) => {
    await using folder = await temporaryFolder();
    await using database = await openTestDatabase(dialect, before);
    await database.transact(async (tx) => {
      for (const name of ['ada/gone', 'ada/app', 'ada/web']) await tx.run(insertSource, name);
      await tx.run(deleteSource, 'ada/gone');
      await tx.run(insertRef);
    });

    await migrate(database, migrations);
    const host = createGitHost({ database, clock: systemClock, folder: folder.path });

    expect(await host.find(parseRepositoryName('ada/app'))).toEqual({
      id: 2,
      name: 'ada/app',
      createdAt: 5,
      knownRefs: 1,
    });
    expect(await host.create(parseRepositoryName('ada/new'))).toMatchObject({ id: 4 });
  },
);
