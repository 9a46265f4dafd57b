import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { statement } from '#platform/db';
import { testDialects } from '#platform/db/testing';
import { sourcesErrors } from '#sources';
import { BuildsFixture, commit } from '../testing/builds-fixture.ts';

describe.each(testDialects)('handing builds out in %s', (dialect) => {
  let room: BuildsFixture;
  beforeEach(async () => {
    room = await BuildsFixture.open(dialect);
    await room.configure([{ source: '/.*/', dockerTags: '{sourceref}' }]);
  });
  afterEach(() => room[Symbol.asyncDispose]());

  const run = (sql: string) => room.database.transact((tx) => tx.run(statement<[]>(sql)));
  const pushTwo = async () => {
    await room.pushBranch('first', commit('a'));
    await room.pushBranch('second', commit('b'));
  };
  /** Asks for a build now, and whenever a pause is over. */
  const leaseThrice = async () => {
    const leased = [await room.tryLease()];
    for (const seconds of [5, 10]) {
      room.clock.advance(seconds * 1_000);
      await room.hear(leased.flatMap((each) => each?.attemptId ?? []));
      leased.push(await room.tryLease());
    }
    return leased.map((each) => each?.buildId);
  };
  const failCloneOfFirst = () => {
    room.cloneAccess = async () => {
      throw new TypeError('fetch failed');
    };
  };

  test('a build whose row makes leasing throw does not keep the next one waiting', async () => {
    await pushTwo();
    await run(`update build set rule = '{' where id = 1`);

    expect((await room.lease()).buildId).toBe(2);
  });

  test('it is tried again after a pause, and fails after the third time, saying why', async () => {
    await pushTwo();
    await run(`update build set rule = '{' where id = 1`);

    const leased = await leaseThrice();
    await run(`update build set rule = '{}' where id = 1`);

    expect(leased).toEqual([2, undefined, undefined]);
    expect(await room.report(1)).toMatchObject({
      state: 'failed',
      reason: 'server_failed',
      message:
        'the server could not get the build ready 3 times; what stopped it is in its log: ask its operator to look for build 1, then retry',
      attempts: [],
    });
    expect(room.logger.failures).toHaveLength(3);
    expect(room.logger.failures[0]).toMatchObject({ fields: { buildId: 1 } });
    room.clock.advance(600_000);
    expect(await room.tryLease()).toBeUndefined();
  });

  test.each(['kept', 'lost'] as const)(
    'a lease whose commit is in doubt, and was %s, is no fault of its build',
    async (outcome) => {
      await room.pushBranch('first', commit('a'));
      await room.connect();
      room.database.doubtNextCommit(outcome);

      await expect(room.tryLease()).rejects.toMatchObject({ code: 'COMMIT_UNKNOWN' });
      await room.loseBuilder();

      expect((await room.lease()).buildId).toBe(1);
      expect(room.logger.failures).toEqual([]);
    },
  );

  test('a job that no build belongs to is taken off the queue', async () => {
    await pushTwo();
    await run('delete from build where id = 1');

    expect(await leaseThrice()).toEqual([2, undefined, undefined]);
    room.clock.advance(600_000);
    expect(await room.tryLease()).toBeUndefined();
  });

  test('what only a passing trouble kept back is given when the pause is over', async () => {
    await pushTwo();
    await run(`update build set rule = '{' where id = 1`);
    await room.lease();
    await run(
      `update build set rule = '{"buildContext":"/","dockerfile":"/","caching":true}' where id = 1`,
    );
    const early = await room.tryLease();

    room.clock.advance(5_000);

    expect(early).toBeUndefined();
    expect(await room.tryLease()).toMatchObject({ attemptId: '1-1' });
  });

  test('a source that fails in a way nobody foresaw costs its build three tries, and others none', async () => {
    await room.pushBranch('first', commit('a'));
    failCloneOfFirst();

    const leased = await leaseThrice();
    room.cloneAccess = async () => ({ kind: 'gateway', path: '/clone' });
    await room.pushBranch('second', commit('b'));

    expect(leased).toEqual([undefined, undefined, undefined]);
    expect(await room.report(1)).toMatchObject({
      state: 'failed',
      reason: 'server_failed',
      attempts: [{ state: 'lost' }, { state: 'lost' }, { state: 'lost' }],
    });
    expect(await room.lease()).toMatchObject({ buildId: 2 });
  });

  test('a build that was canceled while it was got ready stays canceled', async () => {
    await room.pushBranch('first', commit('a'));
    room.cloneAccess = async () => {
      await room.builds.cancel(room.acme, 1);
      throw new TypeError('fetch failed');
    };

    const leased = await room.tryLease();

    expect(leased).toBeUndefined();
    expect(await room.report(1)).toMatchObject({ state: 'canceled', reason: 'canceled_by' });
  });

  test('so does one that could not have begun, and the next is given', async () => {
    await pushTwo();
    room.cloneAccess = async () => {
      room.cloneAccess = async () => ({ kind: 'gateway', path: '/clone' });
      await room.builds.cancel(room.acme, 1);
      throw sourcesErrors.fail('PROVIDER_FAILED', 'its key was taken away');
    };

    const leased = await room.lease();

    expect(leased.buildId).toBe(2);
    expect(await room.report(1)).toMatchObject({ state: 'canceled', reason: 'canceled_by' });
  });

  test('one attempt that can not be lost does not stop a heartbeat, a connection or its place', async () => {
    await pushTwo();
    const [bad, good] = [await room.lease(), await room.lease()];
    await run(`update build set rule = '{' where id = ${bad.buildId}`);
    room.clock.advance(20_000);

    await room.hear([good.attemptId]);
    room.clock.advance(20_000);
    await room.connect('builder-1', [good.attemptId]);
    await room.runDuties();

    expect(await room.report(good.buildId)).toMatchObject({ state: 'in_progress' });
    expect(room.logger.failures[0]).toMatchObject({ fields: { attemptId: bad.attemptId } });
    await run(`update build set rule = '{}' where id = ${bad.buildId}`);
    room.clock.advance(20_000);
    await room.hear([good.attemptId]);
    await room.tick();
    expect(await room.report(bad.buildId)).toMatchObject({ state: 'pending' });
  });

  test('a row that can not be read keeps no other build from its time limit', async () => {
    await pushTwo();
    const [bad, good] = [await room.lease(), await room.lease()];
    await run(`update build set rule = '{' where id = ${bad.buildId}`);
    const running = [bad.attemptId, good.attemptId];
    for (let minutes = 0; minutes < 4 * 60; minutes += 1) {
      room.clock.advance(20_000);
      await room.hear(running);
    }
    room.clock.advance(4 * 3_600_000 - 4 * 60 * 20_000);
    await room.hear(running);

    await room.runDuties();

    expect(await room.report(good.buildId)).toMatchObject({ reason: 'time_limit' });
  });
});
