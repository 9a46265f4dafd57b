import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nobody, type OrganizationToken, type Person, type Principal, sightOf } from '#access';
import { openTestCredentials, type TestCredentials } from '#credentials/testing';
import type { NamespaceName, RepositoryAction, Role } from '#kernel';
import { type SqlParameters, statement, type WriteTransaction } from '#platform/db';
import { testDialects } from '#platform/db/testing';
import { createRepositories, type Repositories } from './create-repositories.ts';
import { findGrantedRepository } from './granted-repository-store.ts';
import { repositoriesMigrations } from './repositories-migrations.ts';
import { listRepositories } from './repository-list-store.ts';
import type { Repository } from './repository-store.ts';
import { requireRepository } from './require-repository.ts';

const insertGrantee = statement<[kind: string], { id: number }>(
  'insert into grantee (kind) values (?) returning id',
);
const insertMember = statement<[granteeId: number, memberId: number]>(
  'insert into grantee_member (grantee_id, member_id) values (?, ?)',
);
const grantNamespace = statement<[namespaceId: number, granteeId: number, role: Role]>(
  'insert into namespace_grant (namespace_id, grantee_id, role) values (?, ?, ?)',
);
const grantRepository = statement<[repositoryId: number, granteeId: number, role: Role]>(
  'insert into repository_grant (repository_id, grantee_id, role) values (?, ?, ?)',
);

describe.each(testDialects)('grants in %s', (dialect) => {
  let room: TestCredentials;
  let repositories: Repositories;
  let alice: Person;
  let bob: Person;
  let app: Repository;

  beforeEach(async () => {
    room = await openTestCredentials(dialect, repositoriesMigrations);
    repositories = createRepositories({ ...room, isPrivateByDefault: true });
    alice = await room.addUser('alice');
    bob = await room.addUser('bob');
    app = await repositories.create(alice, { name: 'alice/app' });
    await repositories.create(alice, { name: 'alice/other' });
  });
  afterEach(async () => {
    await room[Symbol.asyncDispose]();
  });

  const write = (work: (tx: WriteTransaction) => Promise<unknown>) => room.database.transact(work);
  const makeGrantee = async (kind: string, ...members: readonly Person[]): Promise<number> =>
    room.database.transact(async (tx) => {
      const { id = 0 } = (await tx.first(insertGrantee, kind)) ?? {};
      await tx.run(insertMember, id, id);
      for (const { granteeId } of members) await tx.run(insertMember, id, granteeId);
      return id;
    });
  const roleOf = async ({ granteeId }: { readonly granteeId: number }, name = 'alice/app') => {
    const reach = { granteeId, builtRepositoryId: null };
    const found = await room.database.read((tx) => findGrantedRepository(tx, reach, { name }));
    return found?.granted;
  };
  const namesFor = async (principal: Principal, namespace?: string) => {
    const page = { limit: 100, ...(namespace === undefined ? {} : { namespace }) };
    return (await repositories.list(principal, page)).map(({ name }) => name);
  };

  test('a person owns the namespace that came with the account, and nothing of others', async () => {
    expect(await roleOf(alice)).toBe('owner');
    expect(await roleOf(bob)).toBeUndefined();
    expect(await roleOf(alice, 'alice/missing')).toBeUndefined();
  });

  test('a repository can be granted alone', async () => {
    await write((tx) => tx.run(grantRepository, app.id, bob.granteeId, 'write'));

    expect(await roleOf(bob)).toBe('write');
    expect(await roleOf(bob, 'alice/other')).toBeUndefined();
    expect(await namesFor(bob)).toEqual(['alice/app']);
    expect(await namesFor(bob, 'alice')).toEqual(['alice/app']);
    const ask = (action: RepositoryAction) =>
      room.database.read((tx) => requireRepository(tx, bob, { id: app.id }, action));
    expect(await ask('startBuild')).toMatchObject({ name: 'alice/app' });
    await expect(ask('editRepository')).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
  });

  test('members of a team have what the team was granted', async () => {
    const team = await makeGrantee('team', bob);

    await write((tx) => tx.run(grantNamespace, app.namespaceId, team, 'read'));

    expect(await roleOf(bob)).toBe('read');
    expect(await namesFor(bob)).toEqual(['alice/app', 'alice/other']);
    expect(await namesFor(bob, 'alice')).toEqual(['alice/app', 'alice/other']);
    expect(await namesFor(bob, 'bob')).toEqual([]);
  });

  test('of all grants the greatest counts, wherever it comes from', async () => {
    const readers = await makeGrantee('team', bob);
    const admins = await makeGrantee('team', bob);
    await write((tx) => tx.run(grantNamespace, app.namespaceId, readers, 'read'));
    await write((tx) => tx.run(grantRepository, app.id, admins, 'admin'));
    await write((tx) => tx.run(grantRepository, app.id, bob.granteeId, 'write'));

    expect(await roleOf(bob)).toBe('admin');
    expect(await roleOf(bob, 'alice/other')).toBe('read');
    expect(await namesFor(bob)).toEqual(['alice/app', 'alice/other']);
  });

  test('who may write in a namespace makes repositories there by a push', async () => {
    await write((tx) => tx.run(grantNamespace, app.namespaceId, bob.granteeId, 'write'));

    const made = await repositories.ensureForPush(bob, 'alice/new' as Repository['name']);

    expect(made.namespaceId).toBe(app.namespaceId);
    await expect(repositories.create(bob, { name: 'alice/more' })).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
    });
  });

  test('an organization’s token sees and pulls what it was granted, and public ones if it may', async () => {
    const granteeId = await makeGrantee('organization_token');
    const token = (readsPublic: boolean): OrganizationToken => ({
      kind: 'organization-token',
      id: 'x',
      granteeId,
      organization: 'alice' as NamespaceName,
      readsPublic,
    });
    await write((tx) => tx.run(grantRepository, app.id, granteeId, 'read'));
    const open = await repositories.create(bob, { name: 'bob/open', isPrivate: false });

    const rights = repositories.registryRights;
    expect(await namesFor(token(false))).toEqual(['alice/app']);
    expect(await namesFor(token(true))).toEqual(['alice/app', 'bob/open']);
    expect(await rights.actionsOf(token(false), app.name)).toEqual(['pull']);
    expect(await rights.actionsOf(token(false), open.name)).toEqual([]);
    expect(await rights.actionsOf(token(true), open.name)).toEqual(['pull']);
  });

  test('what was granted is felt in the registry within 5 seconds, on every server', async () => {
    const other = createRepositories({ ...room, isPrivateByDefault: true });
    const find = () => other.registryRights.actionsOf(bob, app.name);
    expect(await find()).toEqual([]);

    await write((tx) => tx.run(grantRepository, app.id, bob.granteeId, 'write'));
    room.clock.advance(5_000);

    expect(await find()).toEqual(['pull', 'push']);
  });

  test('grants go with their repository', async () => {
    await write((tx) => tx.run(grantRepository, app.id, bob.granteeId, 'write'));

    await repositories.delete(alice, 'alice/app');
    await repositories.create(alice, { name: 'alice/app' });

    expect(await roleOf(bob)).toBeUndefined();
    expect(await namesFor(bob)).toEqual([]);
  });

  describe('among 10,000 repositories of others', () => {
    const some = 'with recursive n(i) as (select 1 union all select i + 1 from n where i < 10000)';
    const insertRepositories = statement<[namespaceId: number]>(
      `insert into repository (namespace_id, name, is_private, description, created_at)
       ${some} select ?, 'bob/app-' || i, 1, '', 0 from n`,
    );
    const insertSettings = statement(
      `insert into tag_immutability (repository_id, mode, patterns)
       select id, 'all_mutable', '[]' from repository where name like 'bob/app-%'`,
    );

    beforeEach(async () => {
      const first = await repositories.create(bob, { name: 'bob/first' });
      await write((tx) => tx.run(insertRepositories, first.namespaceId));
      await write((tx) => tx.run(insertSettings));
      await write((tx) => tx.run(statement('analyze')));
    });

    /** What the databases call a walk past all rows, or past all names in their order. */
    const everyRow =
      /SCAN (?:repository|tag_immutability)\b|Seq Scan on (?:repository|tag_immutability) /;
    const everyName = /\brepository_name\b/;

    /** What the database says of how it finds a page. */
    const planOf = (principal: Principal, namespace: string | undefined) =>
      room.database.read(async (tx) => {
        const lines: object[] = [];
        const explain = dialect === 'sqlite' ? 'explain query plan' : 'explain';
        await listRepositories(
          {
            dialect,
            all: async ({ text }, ...values) => {
              const explained = statement<SqlParameters, object>(`${explain} ${text}`);
              lines.push(...(await tx.all(explained, ...values)));
              return [];
            },
          },
          sightOf(principal),
          { namespace, after: '', limit: 25 },
        );
        return JSON.stringify(lines);
      });

    test.each([undefined, 'alice', 'bob'])('a page is found without them: of %s', async (of) => {
      const token: OrganizationToken = {
        kind: 'organization-token',
        id: 'x',
        granteeId: alice.granteeId,
        organization: alice.name,
        readsPublic: false,
      };

      for (const principal of [alice, nobody, token]) {
        const plan = await planOf(principal, of);
        expect(plan).not.toMatch(everyRow);
        expect(plan).not.toMatch(everyName);
      }
      expect(await planOf(room.administrator, of)).not.toMatch(everyRow);
      expect(await namesFor(alice, of)).toEqual(of === 'bob' ? [] : ['alice/app', 'alice/other']);
    });

    test('a page of many begins where the last one ended, whoever keeps them private', async () => {
      const page = { after: 'bob/app-5000', limit: 3 };

      for (const reader of [bob, room.administrator]) {
        const names = (await repositories.list(reader, page)).map(({ name }) => name);
        expect(names).toEqual(['bob/app-5001', 'bob/app-5002', 'bob/app-5003']);
      }
      expect(await repositories.list(alice, page)).toEqual([]);
    });
  });
});
