import { expect, test } from 'vitest';
import { parseRepositoryName } from '#kernel';
import { statement } from '#platform/db';
import { testDialects } from '#platform/db/testing';
import { BuildsFixture, commit, repositoryName } from '../testing/builds-fixture.ts';

const renameNamespace = statement<[to: string, from: string]>(
  'update namespace set name = ? where name = ?',
);
const renameRepository = statement(
  "update repository set name = 'acme-inc/app' where name = 'acme/app'",
);

test.each(testDialects)(
  'a build keeps its place under its new name, and who takes the old one begins anew on %s',
  async (dialect) => {
    await using room = await BuildsFixture.open(dialect, { concurrency: 1, pending: 1 });
    await room.configure([{}]);
    await room.pushBranch('main', commit('a'));

    const heir = await room.addPerson('heir');
    await room.database.transact(async (tx) => {
      await tx.run(renameNamespace, 'acme-inc', 'acme');
      await tx.run(renameRepository);
      await tx.run(renameNamespace, 'acme', 'heir');
    });
    await room.repositories.create(heir, { name: repositoryName });
    const input = { autotest: 'off', variables: [] } as const;
    await room.builds.configurations.save(heir, repositoryName, input);
    const started = await room.builds.start(heir, repositoryName, { cause: 'manual' });

    const renamed = parseRepositoryName('acme-inc/app');
    const kept = await room.builds.history.list(room.acme, renamed, { limit: 9 });
    expect(kept).toMatchObject([{ id: 1, repositoryName: 'acme-inc/app', state: 'pending' }]);
    expect(await room.report(1)).toMatchObject({ waiting: { position: 1 } });
    expect(started.builds).toEqual([2]);
    expect(await room.lease()).toMatchObject({ buildId: 1, repositoryName: 'acme-inc/app' });
    expect(await room.lease()).toMatchObject({ buildId: 2, repositoryName: 'acme/app' });
  },
);
