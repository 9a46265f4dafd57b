import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Person } from '#access';
import { openTestCredentials, type TestCredentials } from '#credentials/testing';
import { testDialects } from '#platform/db/testing';
import { createRepositories, type Repositories } from './create-repositories.ts';
import { assertTagMayMove, assertTagsMayGo, assertTakesPushes } from './push-rules.ts';
import { repositoriesMigrations } from './repositories-migrations.ts';

const [one, two] = ['sha256:1', 'sha256:2'];

describe.each(testDialects)('rules for pushes in %s', (dialect) => {
  let room: TestCredentials;
  let repositories: Repositories;
  let alice: Person;
  let repositoryId: number;

  beforeEach(async () => {
    room = await openTestCredentials(dialect, repositoriesMigrations);
    repositories = createRepositories({ ...room, isPrivateByDefault: false });
    alice = await room.addUser('alice');
    repositoryId = (await repositories.create(alice, { name: 'alice/app' })).id;
  });
  afterEach(async () => {
    await room[Symbol.asyncDispose]();
  });

  const lock = (...patterns: string[]) =>
    repositories.update(alice, 'alice/app', { immutability: { mode: 'patterns', patterns } });
  const move = (tag: string, points: { from?: string; to: string }) =>
    room.database.transact((tx) => assertTagMayMove(tx, { repositoryId, tag, ...points }));
  const remove = (...tags: string[]) =>
    room.database.transact((tx) => assertTagsMayGo(tx, { repositoryId, tags }));

  test('IMM-03 an immutable tag does not move, in the words that Docker Hub’s users know', async () => {
    await lock('^v');

    await expect(move('v1', { from: one, to: two })).rejects.toMatchObject({
      code: 'DENIED',
      message: expect.stringContaining(
        'requested access to the resource is denied - This tag is already assigned to an image in this repository and cannot be updated due to immutability settings.',
      ),
    });
  });

  test('IMM-26 an immutable tag may be made, and pushed again as it is', async () => {
    await lock('^v');

    await expect(move('v1', { to: one })).resolves.toBeUndefined();
    await expect(move('v1', { from: one, to: one })).resolves.toBeUndefined();
  });

  test('IMM-18 tags that existed before are locked by the next setting, others still move', async () => {
    await expect(move('v1', { from: one, to: two })).resolves.toBeUndefined();

    await lock('^v');

    await expect(move('v1', { from: one, to: two })).rejects.toMatchObject({ code: 'DENIED' });
    await expect(move('dev', { from: one, to: two })).resolves.toBeUndefined();
  });

  test('IMM-04 an immutable tag is not removed, alone or among others', async () => {
    await lock('^v');

    await expect(remove('dev', 'v1')).rejects.toThrow('the tag v1 is immutable');
    await expect(remove('dev')).resolves.toBeUndefined();
    await expect(remove()).resolves.toBeUndefined();
  });

  test('IMM-17 settings are kept as they were saved', async () => {
    await lock('^v', 'rc');

    const { immutability } = await repositories.show(alice, 'alice/app');
    expect(immutability).toEqual({ mode: 'patterns', patterns: ['^v', 'rc'] });
  });

  test('a deleted repository takes no pushes any more, however they began', async () => {
    await repositories.delete(alice, 'alice/app');

    const push = room.database.transact((tx) => assertTakesPushes(tx, { repositoryId }));

    await expect(push).rejects.toMatchObject({ code: 'DENIED' });
    await expect(move('v1', { from: one, to: two })).rejects.toMatchObject({ code: 'DENIED' });
  });

  test.each([
    ['settings wait', () => lock('^v')],
    ['A4 a deletion waits', () => repositories.delete(alice, 'alice/app')],
  ] as const)('%s for pushes that were decided before', async (_title, change) => {
    const order: string[] = [];
    const { promise: locked, resolve: tellLocked } = Promise.withResolvers<void>();
    const push = room.database.transact(async (tx) => {
      await assertTagMayMove(tx, { repositoryId, tag: 'v1', from: one, to: two });
      tellLocked();
      for (let query = 0; query < 50; query += 1) await assertTakesPushes(tx, { repositoryId });
      order.push('push');
    });
    await locked;

    await change().then(() => order.push('change'));
    await push;

    expect(order).toEqual(['push', 'change']);
  });
});
