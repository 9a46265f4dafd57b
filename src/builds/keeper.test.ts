import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { statement } from '#platform/db';
import { testDialects } from '#platform/db/testing';
import { leaseMilliseconds } from './attempts/lease-attempt.ts';
import { BuildsFixture, commit, type FixtureOptions } from './testing/builds-fixture.ts';

describe.each(testDialects)('what builds do by the clock in %s', (dialect) => {
  let room: BuildsFixture;
  beforeEach(async () => {
    room = await openRoom({ pending: 2 });
  });
  afterEach(() => room[Symbol.asyncDispose]());

  const openRoom = async (options: FixtureOptions) => {
    const opened = await BuildsFixture.open(dialect, options);
    await opened.configure([{ source: '/.*/', dockerTags: '{sourceref}' }]);
    return opened;
  };
  const states = async () => (await room.listBuilds()).map(({ state }) => state).toReversed();
  const failed = () => room.logger.failures.map(({ fields }) => [fields['duty'], fields['item']]);
  const startBuilds = async (...names: readonly string[]) => {
    for (const name of names) {
      await room.pushBranch(name, commit(name));
      await room.lease();
    }
  };

  test('an attempt that can not be lost keeps none of the others, and is lost later', async () => {
    await startBuilds('a', 'b', 'c');
    room.publisher.stuck.add('2-1');
    room.clock.advance(leaseMilliseconds);

    await room.runDuties();
    const meanwhile = await states();
    room.publisher.stuck.clear();
    room.clock.advance(leaseMilliseconds);
    await room.runDuties();

    expect(meanwhile).toEqual(['pending', 'in_progress', 'pending']);
    expect(failed()).toEqual([['lose attempts whose lease is over', 'attempt 1 of job 2']]);
    expect(await states()).toEqual(['pending', 'pending', 'pending']);
  });

  test('a build that can not be stopped at its time limit keeps none of the others', async () => {
    const timeLimitMilliseconds = leaseMilliseconds / 2;
    await room[Symbol.asyncDispose]();
    room = await openRoom({ timeLimitMilliseconds });
    await startBuilds('a', 'b');
    room.publisher.stuck.add('1-1');
    room.clock.advance(timeLimitMilliseconds);

    await room.runDuties();

    expect(failed()).toEqual([['stop builds at their time limit', 'build 1']]);
    expect(await states()).toEqual(['in_progress', 'canceling']);
  });

  test('a refused ref that can not be planned keeps none of the others', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await room.pushBranch(name, commit(name));
    await room.lease();
    await room.lease();
    room.unreadable.add('c');

    await room.runDuties();

    expect((await room.listBuilds()).map(({ ref }) => ref.name)).toEqual(['d', 'b', 'a']);
    const refused = `branch c of repository ${room.repositoryId}`;
    expect(failed()).toEqual([['plan refs that a full queue refused', refused]]);
  });

  test('a log that can not be closed keeps none of the others, and is closed later', async () => {
    await startBuilds('a', 'b');
    const stored = async (attemptId: string) =>
      (await room.blobs.list(`logs/${attemptId}/`, { after: '', limit: 9 })).length;
    const write = room.blobs.write.bind(room.blobs);
    room.blobs.write = (key, options) =>
      key.startsWith('logs/1-1/') ? Promise.reject(new Error('no space')) : write(key, options);
    room.clock.advance(leaseMilliseconds);

    await room.runDuties();
    const meanwhile = [await stored('1-1'), await stored('2-1')];
    room.blobs.write = write;
    room.clock.advance(leaseMilliseconds);
    await room.runDuties();

    expect(meanwhile).toEqual([0, 1]);
    expect(failed()).toEqual([['close logs', 'attempt 1-1']]);
    expect(await stored('1-1')).toBe(1);
  });

  test('a duty that fails altogether stops no other', async () => {
    await startBuilds('a');
    await room.database.transact((tx) => tx.run(statement('drop table builder_connection')));
    room.clock.advance(leaseMilliseconds);

    await room.runDuties();

    expect(failed()).toEqual([
      ['give up silent builders', undefined],
      ['lose what builders left', undefined],
    ]);
    expect(await states()).toEqual(['pending']);
  });
});
