import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testDialects } from '#platform/db/testing';
import { BuildsFixture, commit } from '../testing/builds-fixture.ts';
import type { BuilderOrder } from './builder-orders.ts';
import type { Builders } from './builders.ts';

const greeting = { name: 'builder-1', slots: 2, versions: {}, running: [] };

describe.each(testDialects)('builders in %s', (dialect) => {
  let room: BuildsFixture;
  beforeEach(async () => {
    room = await BuildsFixture.open(dialect);
    await room.configure([{ source: '/.*/', dockerTags: '{sourceref}' }]);
  });
  afterEach(() => room[Symbol.asyncDispose]());

  const startOne = async (name = 'main', builder?: string) => {
    await room.pushBranch(name, commit('a'));
    return room.lease(builder);
  };
  const stateOf = async (buildId: number) => (await room.report(buildId)).state;

  /** A builder on one of the servers, as its connection sees it. */
  const connect = (builders: Builders, running: readonly string[] = []) => {
    const closed = new AbortController();
    const stopping = new AbortController();
    const orders = builders
      .connect(
        { ...greeting, running },
        {
          closed: closed.signal,
          stopping: stopping.signal,
        },
      )
      [Symbol.asyncIterator]();
    return {
      next: async <Type extends BuilderOrder['type']>(type: Type) => {
        for (;;) {
          const { value, done } = await orders.next();
          if (done) throw new Error(`the connection ended before any ${type} came`);
          if (value.type === type) return value as Extract<BuilderOrder, { type: Type }>;
        }
      },
      hasEnded: async () => {
        for (;;) if ((await orders.next()).done) return true;
      },
      breakOff: async () => {
        closed.abort();
        await orders.next();
      },
      stopServer: async () => {
        stopping.abort();
        await orders.next();
      },
    };
  };

  test('what a builder says that it runs is kept as long as it says so', async () => {
    const { attemptId, buildId } = await startOne();

    for (let seconds = 0; seconds < 90; seconds += 20) {
      room.clock.advance(20_000);
      await room.hear([attemptId]);
      await room.tick();
    }

    expect(await stateOf(buildId)).toBe('in_progress');
  });

  test('a builder that lost its power is given up after 30 seconds, though nobody closed anything', async () => {
    const { buildId } = await startOne();
    room.clock.advance(29_999);
    await room.tick();
    const early = await stateOf(buildId);

    room.clock.advance(1);
    await room.tick();

    expect(early).toBe('in_progress');
    expect(await stateOf(buildId)).toBe('pending');
    await expect(room.hear([])).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
  });

  test('an attempt whose assignment never arrived is lost when the builder does not speak of it', async () => {
    const { buildId } = await startOne();
    room.clock.advance(14_999);
    await room.hear([]);
    const early = await stateOf(buildId);

    room.clock.advance(1);
    await room.hear([]);

    expect(early).toBe('in_progress');
    expect(await stateOf(buildId)).toBe('pending');
  });

  test('a builder that comes back goes on with what it runs; the rest is lost at once', async () => {
    const running = await startOne('a');
    const forgotten = await startOne('b');

    const { strangers } = await room.connect('builder-1', [running.attemptId, '99-1']);

    expect(strangers).toEqual(['99-1']);
    expect(await stateOf(running.buildId)).toBe('in_progress');
    expect(await stateOf(forgotten.buildId)).toBe('pending');
  });

  test('A5 nobody takes over what another builder runs', async () => {
    const { attemptId, buildId } = await startOne('main', 'builder-1');

    const { strangers } = await room.connect('builder-2', [attemptId]);
    await room.hear([attemptId], 'builder-2');
    room.clock.advance(30_000);
    await room.tick();

    expect(strangers).toEqual([attemptId]);
    expect(await stateOf(buildId)).toBe('pending');
  });

  test('A5 nobody speaks for the connection of another builder, be its number known', async () => {
    const { attemptId, buildId } = await startOne('main', 'builder-1');
    const { id } = await room.connect('builder-1', [attemptId]);
    const other = await room.connect('builder-2');
    room.clock.advance(20_000);
    const hear = (connectionId: string) =>
      room.builds.builders.hear({ connectionId, running: [attemptId] });
    const [, secret = ''] = other.connectionId.split('.');

    const told = [`${id}`, `${id}.`, `${id}.guessed`, `${id}.${secret}`, '', 'x'].map(hear);

    const answers = await Promise.allSettled(told);
    const codes = answers.map((answer) => answer.status === 'rejected' && answer.reason.code);
    expect(new Set(codes)).toEqual(new Set(['CONNECTION_CLOSED']));
    await hear(other.connectionId);
    room.clock.advance(10_000);
    await room.tick();
    expect(await stateOf(buildId)).toBe('pending');
  });

  test('a settle that never came is made good by the next heartbeat, and the place is free', async () => {
    const { attemptId, buildId } = await startOne();
    await room.builds.cancel(room.acme, buildId);
    room.clock.advance(14_999);
    await room.hear([]);
    const early = await stateOf(buildId);
    room.clock.advance(1);

    await room.hear([]);

    expect(early).toBe('canceling');
    expect(await stateOf(buildId)).toBe('canceled');
    await expect(room.builds.attempts.settle(attemptId)).resolves.toBeUndefined();
  });

  test('after a stop of the server builders have 30 seconds to come back', async () => {
    const { attemptId } = await startOne();
    room.clock.advance(600_000);
    const server = room.openServer();

    await server.keeper.giveGrace();
    await room.tick(server);
    const early = await stateOf(1);
    room.clock.advance(29_999);
    await room.connect('builder-1', [attemptId]);
    room.clock.advance(29_999);
    await room.tick(server);

    expect(early).toBe('in_progress');
    expect(await stateOf(1)).toBe('in_progress');
  });

  test('a builder that moves to another server keeps its attempts, and ends them there', async () => {
    const [one, other] = [room.builds, room.openServer()];
    await room.pushBranch('main', commit('a'));
    const here = connect(one.builders);
    const { attempt } = await here.next('assignment');

    const there = connect(other.builders, [attempt.attemptId]);
    await there.next('welcome');
    await here.breakOff();
    room.clock.advance(10_000);
    await room.tick(other);
    await other.attempts.finish(attempt.attemptId, { outcome: 'success' });

    expect(await stateOf(attempt.buildId)).toBe('success');
    await there.breakOff();
  });

  test('a connection ends when its builder has a newer one, on whatever server', async () => {
    const other = room.openServer();
    const older = connect(room.builds.builders);
    await older.next('welcome');

    const newer = connect(other.builders);
    await newer.next('welcome');
    const ended = older.hasEnded();
    room.clock.advance(1_000);

    expect(await ended).toBe(true);
    await newer.breakOff();
  });

  test('a place is free once the sandbox is gone, whichever server hears of that', async () => {
    const other = room.openServer();
    for (const name of ['a', 'b', 'c']) await room.pushBranch(name, commit(name));
    const builder = connect(room.builds.builders);
    const { attempt: first } = await builder.next('assignment');
    await builder.next('assignment');
    await builder.next('ping');

    await other.cancel(room.acme, first.buildId);
    const third = builder.next('assignment');
    room.clock.advance(1_000);
    const waiting = await stateOf(3);
    await other.attempts.settle(first.attemptId);
    room.clock.advance(1_000);

    expect(waiting).toBe('pending');
    expect((await third).attempt.buildId).toBe(3);
    await builder.breakOff();
  });

  test('a build whose variables can not be read fails and says why; the next one is given', async () => {
    await room.configure([{ source: '/.*/', dockerTags: '{sourceref}' }], 'off', [
      { name: 'API_KEY', value: 'sealed with another key' },
    ]);
    room.changeSecretKey();
    await room.pushBranch('main', commit('a'));

    const given = await room.tryLease();

    expect(given).toBeUndefined();
    expect(await room.report(1)).toMatchObject({
      state: 'failed',
      reason: 'configuration',
      message: expect.stringContaining('secret key'),
    });
  });

  test('a canceled attempt is told once over each connection, until it is settled', async () => {
    await room.pushBranch('main', commit('a'));
    const builder = connect(room.builds.builders);
    const { attempt } = await builder.next('assignment');
    await room.builds.cancel(room.acme, attempt.buildId);
    const told = await builder.next('end');
    await builder.breakOff();

    const again = connect(room.builds.builders, [attempt.attemptId]);
    const toldAgain = await again.next('end');
    await room.builds.attempts.settle(attempt.attemptId);
    await again.breakOff();

    expect([told, toldAgain]).toMatchObject([
      { attemptId: attempt.attemptId, reason: 'canceled_by' },
      { attemptId: attempt.attemptId, reason: 'canceled_by' },
    ]);
    expect(await stateOf(attempt.buildId)).toBe('canceled');
  });

  test('a server that stops leaves its builders 30 seconds, a broken connection 3', async () => {
    await room.pushBranch('main', commit('a'));
    const builder = connect(room.builds.builders);
    const { attempt } = await builder.next('assignment');
    await builder.stopServer();
    room.clock.advance(3_000);
    await room.tick();
    const afterStop = await stateOf(attempt.buildId);

    const back = connect(room.builds.builders, [attempt.attemptId]);
    await back.next('welcome');
    await back.breakOff();
    room.clock.advance(2_999);
    await room.tick();
    const early = await stateOf(attempt.buildId);
    room.clock.advance(1);
    await room.tick();

    expect([afterStop, early]).toEqual(['in_progress', 'in_progress']);
    expect(await stateOf(attempt.buildId)).toBe('pending');
  });
});
