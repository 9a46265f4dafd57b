import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type AttemptPrincipal,
  nobody,
  type OrganizationToken,
  type Person,
  type Principal,
} from '#access';
import { openTestCredentials, type TestCredentials } from '#credentials/testing';
import {
  type NamespaceName,
  parseRepositoryName,
  type RegistryAction,
  registryActions,
  type TokenScope,
} from '#kernel';
import { testDialects } from '#platform/db/testing';
import { createRepositories, type Repositories } from './create-repositories.ts';
import { repositoriesMigrations } from './repositories-migrations.ts';
import { type Repository, recordPush } from './repository-store.ts';
import { decideFor } from './require-repository.ts';

const attemptOf = ({ id, name }: Repository): AttemptPrincipal => ({
  kind: 'attempt',
  attemptId: '41-2',
  buildId: 41,
  repositoryId: id,
  repositoryName: name,
  sourceId: 3,
});

const organizationToken = (readsPublic: boolean): OrganizationToken => ({
  kind: 'organization-token',
  id: 'x',
  granteeId: 99,
  organization: 'acme' as NamespaceName,
  readsPublic,
});

const authorizeIn = (
  { registryRights }: Repositories,
  principal: Principal,
  name: string,
  action: RegistryAction = 'pull',
) => registryRights.authorize({ principal }, { name: parseRepositoryName(name), action });

describe.each(testDialects)('repositories in %s', (dialect) => {
  let room: TestCredentials;
  let repositories: Repositories;
  let alice: Person;
  let bob: Person;

  beforeEach(async () => {
    room = await openTestCredentials(dialect, repositoriesMigrations);
    repositories = createRepositories({ ...room, isPrivateByDefault: false });
    alice = await room.addUser('alice');
    bob = await room.addUser('bob');
  });
  afterEach(async () => {
    await room[Symbol.asyncDispose]();
  });

  const create = (name: string, isPrivate = false) =>
    repositories.create(alice, { name, isPrivate });
  const tokenOf = async (owner: Person, scope: TokenScope) => {
    const { text } = await room.credentials.accessTokens.create(owner, { label: scope, scope });
    return room.credentials.logIn.withAccessToken(text);
  };

  test('the owner of a namespace makes repositories in it, once each', async () => {
    const repository = await create('alice/app');

    expect(repository).toMatchObject({ name: 'alice/app', isPrivate: false });
    await expect(create('alice/app')).rejects.toMatchObject({ code: 'REPOSITORY_TAKEN' });
  });

  test.for([
    ['bob/app', 'ACCESS_DENIED'],
    ['nobody/app', 'ACCESS_DENIED'],
    ['library/app', 'ACCESS_DENIED'],
    ['slipway-cache/app', 'ACCESS_DENIED'],
    ['app', 'NAME_INVALID'],
    ['alice/App', 'NAME_INVALID'],
  ] as const)('alice can not make %s: %s', async ([name, code]) => {
    await expect(create(name)).rejects.toMatchObject({ code });
  });

  test('an administrator makes repositories in library, which are public', async () => {
    const request = { name: 'library/debian' };

    const made = await repositories.create(room.administrator, request);

    expect(made.isPrivate).toBe(false);
    await expect(
      repositories.update(room.administrator, 'library/debian', { isPrivate: true }),
    ).rejects.toMatchObject({ code: 'VISIBILITY_FIXED' });
  });

  test('making a repository takes more than a token that may write', async () => {
    const writing = await tokenOf(alice, 'repo:write');
    const administering = await tokenOf(alice, 'repo:admin');

    await expect(repositories.create(writing, { name: 'alice/app' })).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
    });
    await expect(repositories.create(administering, { name: 'alice/app' })).resolves.toBeDefined();
  });

  test('MIG-37 a first push makes the repository, with the privacy that the namespace asks for', async () => {
    const name = parseRepositoryName('alice/app');
    await repositories.setDefaultPrivacy(alice, 'alice', true);
    const writing = await tokenOf(alice, 'repo:write');

    const pushes = await Promise.all(
      Array.from({ length: 4 }, () => repositories.ensureForPush(writing, name)),
    );

    expect(new Set(pushes.map((repository) => repository.id)).size).toBe(1);
    expect(pushes[0]?.isPrivate).toBe(true);
    await expect(repositories.ensureForPush(bob, name)).rejects.toMatchObject({
      code: 'REPOSITORY_UNKNOWN',
    });
  });

  test.for(['bob/app', 'library/app', 'slipway-cache/app', 'nobody/app'])(
    'a push of alice does not make %s',
    async (name) => {
      await expect(
        repositories.ensureForPush(alice, parseRepositoryName(name)),
      ).rejects.toMatchObject({ code: 'ACCESS_DENIED' });

      expect(await repositories.list(room.administrator, { limit: 10 })).toEqual([]);
    },
  );

  test('a private name and a missing name get the same answer from whoever may not see it', async () => {
    await create('alice/hidden', true);
    const ask = (name: string) =>
      repositories.show(bob, name).then(
        () => 'found',
        (error: unknown) => String(error).replace(name, 'it'),
      );

    expect(await ask('alice/hidden')).toBe(await ask('alice/nothing'));
    expect(await ask('alice/hidden')).toContain('there is no repository it');
    for (const action of registryActions) {
      const authorize = async (name: string) =>
        JSON.stringify(await authorizeIn(repositories, bob, name, action)).replaceAll(name, 'it');
      expect(await authorize('alice/hidden')).toBe(await authorize('alice/nothing'));
    }
  });

  test('a list holds exactly what its reader may find', async () => {
    const names = ['alice/open', 'alice/shut', 'bob/open', 'bob/shut', 'library/base'];
    const everything = ['alice/open', 'alice/shut', 'bob/built', ...names.slice(2)];
    for (const name of names) {
      await repositories.create(room.administrator, { name, isPrivate: name.endsWith('shut') });
    }
    const readers: readonly Principal[] = [
      nobody,
      alice,
      bob,
      room.administrator,
      await tokenOf(alice, 'repo:public_read'),
      await tokenOf(alice, 'repo:read'),
      await tokenOf(room.administrator, 'repo:public_read'),
      attemptOf(await repositories.create(bob, { name: 'bob/built' })),
      organizationToken(true),
      organizationToken(false),
    ];

    for (const reader of readers) {
      const listed = await repositories.list(reader, { limit: 100 });
      const found = await Promise.allSettled(
        everything.map((name) => repositories.show(reader, name)),
      );

      expect(listed.map((repository) => repository.name)).toEqual(
        found.flatMap((seen) => (seen.status === 'fulfilled' ? [seen.value.name] : [])),
      );
    }
  });

  test('a list is read in pages, of one namespace or all', async () => {
    for (const name of ['alice/a', 'alice/b', 'alice/c']) await create(name);
    await repositories.create(bob, { name: 'bob/a' });
    const list = async (request: { namespace?: string; after?: string; limit: number }) =>
      (await repositories.list(bob, request)).map((repository) => repository.name);

    expect(await list({ limit: 2 })).toEqual(['alice/a', 'alice/b']);
    expect(await list({ after: 'alice/b', limit: 2 })).toEqual(['alice/c', 'bob/a']);
    expect(await list({ namespace: 'alice', after: 'alice/b', limit: 2 })).toEqual(['alice/c']);
    expect(await list({ namespace: 'nobody', limit: 2 })).toEqual([]);
  });

  test('MIG-59 making a repository private shuts strangers out within 5 seconds, on every server', async () => {
    const name = parseRepositoryName('alice/app');
    const other = createRepositories({ ...room, isPrivateByDefault: false });
    const { id } = await create('alice/app');
    expect(await authorizeIn(other, nobody, name)).toEqual({
      outcome: 'granted',
      repositoryId: id,
    });

    await repositories.update(alice, 'alice/app', { isPrivate: true });
    room.clock.advance(5_000);

    expect(await repositories.registryRights.actionsOf(nobody, name)).toEqual([]);
    expect(await other.registryRights.actionsOf(nobody, name)).toEqual([]);
    expect(await other.registryRights.actionsOf(alice, name)).toContain('pull');
  });

  test('a build pulls private repositories of its own namespace and no others', async () => {
    const { id } = await create('alice/base', true);
    const ofAlice = await create('alice/app', true);
    const ofBob = await repositories.create(bob, { name: 'bob/app' });
    const name = parseRepositoryName('alice/base');

    const own = await authorizeIn(repositories, attemptOf(ofAlice), name);
    const foreign = await authorizeIn(repositories, attemptOf(ofBob), name);

    expect(own).toEqual({ outcome: 'granted', repositoryId: id });
    expect(foreign).toEqual({ outcome: 'unknown' });
  });

  test('a repository made through one server is found by the others at once', async () => {
    const name = parseRepositoryName('alice/app');
    const other = createRepositories({ ...room, isPrivateByDefault: false });
    expect(await other.registryRights.actionsOf(alice, name)).toEqual(['pull', 'push', 'delete']);
    expect(await authorizeIn(other, alice, name)).toEqual({ outcome: 'unknown' });

    const { id } = await repositories.ensureForPush(alice, name);

    expect(await authorizeIn(other, alice, name)).toEqual({ outcome: 'granted', repositoryId: id });
  });

  test('SET-81 a deleted repository is gone, and its name starts anew with another id', async () => {
    const old = await create('alice/app', true);

    await repositories.delete(alice, 'alice/app');

    for (const key of [{ name: 'alice/app' }, { id: old.id }]) {
      const decided = await room.database.read((tx) => decideFor(tx, alice, key, 'pull'));
      expect(decided).toEqual({ outcome: 'unknown' });
    }
    const fresh = await create('alice/app');
    expect(fresh.id).not.toBe(old.id);
    expect(await authorizeIn(repositories, alice, 'alice/app')).toEqual({
      outcome: 'granted',
      repositoryId: fresh.id,
    });
  });

  test('who may read or write neither edits nor deletes', async () => {
    await create('alice/app');
    const writing = await tokenOf(alice, 'repo:write');

    for (const [principal, code] of [
      [bob, 'ACCESS_DENIED'],
      [writing, 'ACCESS_DENIED'],
      [nobody, 'UNAUTHENTICATED'],
    ] as const) {
      const change = { description: 'mine' };
      await expect(repositories.update(principal, 'alice/app', change)).rejects.toMatchObject({
        code,
      });
      await expect(repositories.delete(principal, 'alice/app')).rejects.toMatchObject({ code });
    }
  });

  test('a description of more than 100 characters is refused', async () => {
    await create('alice/app');

    await expect(
      repositories.update(alice, 'alice/app', { description: 'x'.repeat(101) }),
    ).rejects.toMatchObject({ code: 'DESCRIPTION_TOO_LONG', detail: { field: 'description' } });
  });

  test('the last push is noted to the second', async () => {
    const { id } = await create('alice/app');
    const at = room.clock.now();

    await room.database.transact((tx) => recordPush(tx, { repositoryId: id, at }));
    await room.database.transact((tx) => recordPush(tx, { repositoryId: id, at: at + 500 }));

    expect((await repositories.show(alice, 'alice/app')).lastPushedAt).toBe(at);
  });
});
