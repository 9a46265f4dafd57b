import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findNamespace } from '#accounts';
import { testDialects } from '#platform/db/testing';
import {
  openTestCredentials,
  type TestCredentials,
  testPassword,
} from './testing/test-credentials.ts';

describe.each(testDialects)('accounts in %s', (dialect) => {
  let room: TestCredentials;

  beforeEach(async () => {
    room = await openTestCredentials(dialect);
  });
  afterEach(async () => {
    await room[Symbol.asyncDispose]();
  });

  const create = (name: string, password = testPassword) =>
    room.credentials.registration.create(room.administrator, { name, password });

  test('a new account owns the namespace of its name', async () => {
    const account = await create('alice');

    const namespace = await room.database.read((tx) => findNamespace(tx, 'alice'));
    expect(namespace).toEqual({ id: account.namespaceId, name: 'alice', kind: 'user' });
  });

  test('a name is taken once, also when many want it at the same moment', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 5 }, () => create('alice')));

    expect(tries.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    expect(tries.find((result) => result.status === 'rejected')?.reason).toMatchObject({
      code: 'NAMESPACE_TAKEN',
    });
  });

  test.for(['users', 'v2', 'library', 'slipway-cache', '_x', 'Alice', 'a', 'a/b', 'a b', ''])(
    'nobody registers the name %j',
    async (name) => {
      await expect(create(name)).rejects.toMatchObject({ code: 'NAME_INVALID' });
    },
  );

  test.for([
    ['short', 'at least 8 characters'],
    ['alice-alice', undefined],
    ['aliceinchains', 'differs from the name'],
    ['x'.repeat(1025), 'at most 1024 bytes'],
    ['slip_pat_mine', 'does not begin as an access token'],
  ] as const)('the password policy says of %.20j: %j', async ([password, problem]) => {
    const creating = create('aliceinchains', password);

    if (problem === undefined) expect((await creating).name).toBe('aliceinchains');
    else await expect(creating).rejects.toThrow(problem);
  });

  test('who asks for their own account is shown it', async () => {
    const alice = await room.addUser('alice');

    expect(await room.accounts.own(alice)).toMatchObject({ name: 'alice', isActive: true });
    await expect(room.accounts.own({ kind: 'nobody' })).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  test('only administrators make accounts', async () => {
    const alice = await room.addUser('alice');

    await expect(
      room.credentials.registration.create(alice, { name: 'bob', password: testPassword }),
    ).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
    await expect(
      room.credentials.registration.create(
        { kind: 'nobody' },
        { name: 'bob', password: testPassword },
      ),
    ).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('the first administrator is made once; later names and passwords mean nothing', async () => {
    const second = await room.credentials.registration.ensureFirstAdministrator({
      name: 'mallory',
      password: testPassword,
    });

    expect(second).toBeUndefined();
    expect(await room.accounts.find('mallory')).toBeUndefined();
  });

  test('the last active administrator stays active', async () => {
    await expect(room.accounts.setActive(room.administrator, 'root', false)).rejects.toMatchObject({
      code: 'LAST_ADMINISTRATOR',
    });

    expect((await room.accounts.find('root'))?.isActive).toBe(true);
  });

  test('accounts are listed in pages by name', async () => {
    await create('alice');
    await create('bob');

    const first = await room.accounts.list(room.administrator, { limit: 2 });
    const rest = await room.accounts.list(room.administrator, { after: 'bob', limit: 2 });

    expect(first.map((account) => account.name)).toEqual(['alice', 'bob']);
    expect(rest.map((account) => account.name)).toEqual(['root']);
  });
});
