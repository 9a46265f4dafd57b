import { describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '#kernel';
import { TestClock } from '#kernel/testing';
import type { FinishReport } from '#protocol';
import { createFakeExecutor } from './executors/fake/fake-executor.ts';
import { ProtocolServer } from './testing/protocol-server.ts';
import { startBuilder } from './testing/running-builder.ts';

const dockerfile = { Dockerfile: 'FROM scratch\n' };
const hanging = { FAKE_HANG_PHASE: 'build' };

/** Resolves when an attempt's phase has begun on the server. */
async function phaseOf(server: ProtocolServer, attemptId: string, phase: string): Promise<void> {
  while (!server.record(attemptId).began.includes(phase)) await systemClock.sleep(5);
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await systemClock.sleep(5);
}

async function hasEnded(attempt: Promise<FinishReport>): Promise<boolean> {
  return Promise.race([attempt.then(() => true), systemClock.sleep(0).then(() => false)]);
}

describe('a builder', () => {
  test('tells who it is and what it can do', async () => {
    await using server = await ProtocolServer.open();
    await using _ = await startBuilder(server, { slots: 3 });

    await server.connection();

    expect(server.connections).toMatchObject([{ name: 'test-builder', slots: 3, running: [] }]);
    expect(server.connections[0]?.platforms[0]).toMatch(/^linux\//);
  });

  test('runs an assignment from its clone to its verdict, and leaves nothing behind', async () => {
    await using server = await ProtocolServer.open();
    await using builder = await startBuilder(server);
    const commit = await server.git.commit(dockerfile);
    await server.connection();

    server.send({ type: 'assignment', assignment: server.assignment(commit) });

    expect(await server.record('7-1').finished.promise).toEqual({ outcome: 'success' });
    expect(server.registry.tags('myorg/app')).toEqual(['latest']);
    expect(await builder.leftovers()).toEqual([]);
  });

  test('reports with the attempt’s token, and uses its own for the connection alone', async () => {
    await using server = await ProtocolServer.open();
    await using _ = await startBuilder(server);
    const commit = await server.git.commit(dockerfile);
    await server.connection();

    server.send({ type: 'assignment', assignment: server.assignment(commit) });
    await server.record('7-1').finished.promise;

    const withOwn = server.requests.filter(
      ({ authorization }) => authorization === 'Bearer builder-token',
    );
    expect(withOwn.map(({ path }) => path)).toEqual(['/api/builder/v1/connection']);
    const others = server.requests.filter(({ path }) => path !== '/api/builder/v1/connection');
    expect(new Set(others.map(({ authorization }) => authorization))).toEqual(
      new Set(['Bearer attempt-token-7-1']),
    );
  });

  test('runs as many attempts at once as it has slots; the next waits for its place', async () => {
    await using server = await ProtocolServer.open();
    await using _ = await startBuilder(server, { slots: 1 });
    const commit = await server.git.commit(dockerfile);
    await server.connection();
    const first = server.assignment(commit, { attemptId: '1-1', variables: hanging });

    server.send({ type: 'assignment', assignment: first });
    server.send({
      type: 'assignment',
      assignment: server.assignment(commit, { attemptId: '2-1' }),
    });
    await phaseOf(server, '1-1', 'build');
    expect(server.record('2-1').began).toEqual([]);
    server.send({ type: 'end', attemptId: '1-1', reason: 'canceled' });

    expect(await server.record('2-1').finished.promise).toEqual({ outcome: 'success' });
  });

  test('removes sandboxes of an earlier life before it takes work', async () => {
    await using server = await ProtocolServer.open();
    const removed: string[] = [];
    const executor = createFakeExecutor();
    const watched = {
      kind: executor.kind,
      prepare: executor.prepare.bind(executor),
      check: executor.check.bind(executor),
      open: executor.open.bind(executor),
      leftovers: executor.leftovers.bind(executor),
      removeOrphans: async (owner: string) =>
        removed.push(`${owner} of ${server.connections.length}`),
    };
    await using _ = await startBuilder(server, { executor: watched });

    await server.connection();

    expect(removed).toEqual(['test-builder of 0']);
  });
});

describe('an attempt that has lost its rights', () => {
  test('by the server’s word is thrown away without a report', async () => {
    await using server = await ProtocolServer.open();
    await using builder = await startBuilder(server);
    const commit = await server.git.commit(dockerfile);
    await server.connection();
    server.send({
      type: 'assignment',
      assignment: server.assignment(commit, { variables: hanging }),
    });
    await phaseOf(server, '7-1', 'build');

    server.send({ type: 'end', attemptId: '7-1', reason: 'canceled' });

    await until(async () => (await builder.leftovers()).length === 0);
    expect(await hasEnded(server.record('7-1').finished.promise)).toBe(false);
  });

  test('as an answer to a report tells (409) is thrown away too', async () => {
    await using server = await ProtocolServer.open();
    await using builder = await startBuilder(server);
    const commit = await server.git.commit(dockerfile);
    await server.connection();
    const variables = { FAKE_SLOW_MILLISECONDS: '300' };
    server.send({ type: 'assignment', assignment: server.assignment(commit, { variables }) });
    await phaseOf(server, '7-1', 'clone');

    server.record('7-1').hasEnded = true;

    await until(async () => (await builder.leftovers()).length === 0);
    expect(server.registry.tags('myorg/app')).toEqual([]);
  });
});

describe('a broken connection', () => {
  test('is opened again, claims what runs, and the attempt goes on', async () => {
    await using server = await ProtocolServer.open();
    await using _ = await startBuilder(server);
    const commit = await server.git.commit(dockerfile);
    await server.connection();
    const variables = { FAKE_SLOW_MILLISECONDS: '500' };
    server.send({ type: 'assignment', assignment: server.assignment(commit, { variables }) });
    await phaseOf(server, '7-1', 'build');

    server.breakConnections();
    await server.connection();

    expect(server.connections.at(-1)).toMatchObject({ running: ['7-1'] });
    expect(await server.record('7-1').finished.promise).toEqual({ outcome: 'success' });
  });

  test('that stays broken for 30 seconds ends all attempts, which are lost by then', async () => {
    await using server = await ProtocolServer.open();
    const clock = hastyClock();
    await using builder = await startBuilder(server, { clock });
    const commit = await server.git.commit(dockerfile);
    await server.connection();
    server.send({
      type: 'assignment',
      assignment: server.assignment(commit, { variables: hanging }),
    });
    await phaseOf(server, '7-1', 'build');

    server.isUnreachable = true;
    server.breakConnections();

    await until(async () => (await builder.leftovers()).length === 0);
    expect(clock.longestMilliseconds()).toBe(30_000);
  });

  test('and one that stands is kept alive by the builder itself, with what it holds', async () => {
    await using server = await ProtocolServer.open();
    const clock = new TestClock();
    await using _ = await startBuilder(server, { clock });
    const commit = await server.git.commit(dockerfile);
    await server.connection();
    const assignment = server.assignment(commit, { variables: hanging });
    server.send({ type: 'assignment', assignment });
    await phaseOf(server, '7-1', 'build');

    await until(() => clock.isAwaited(5_000));
    clock.advance(5_000);
    await until(() => server.heartbeats.length > 0);

    expect(server.heartbeats).toEqual([{ connectionId: '1', running: ['7-1'] }]);
  });

  test('is opened again when the server has given the builder up', async () => {
    await using server = await ProtocolServer.open();
    const clock = new TestClock();
    await using _ = await startBuilder(server, { clock });
    await server.connection();
    server.hasGivenUp = true;

    await until(() => clock.isAwaited(5_000));
    clock.advance(5_000);
    await until(() => clock.isAwaited(100));
    server.hasGivenUp = false;
    clock.advance(100);
    await until(() => server.connections.length === 2);

    expect(server.connections).toHaveLength(2);
  });

  test('that the server refuses ends the builder with the reason', async () => {
    await using server = await ProtocolServer.open();
    server.refusal = { status: 401, code: 'UNAUTHENTICATED', detail: 'this is no builder' };
    const builder = await startBuilder(server);

    await expect(builder.ended).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: 'this is no builder',
    });
  });
});

describe('a builder that is told to end', () => {
  test('with drain takes no more and finishes what runs', async () => {
    await using server = await ProtocolServer.open();
    await using builder = await startBuilder(server);
    const commit = await server.git.commit(dockerfile);
    await server.connection();
    const variables = { FAKE_SLOW_MILLISECONDS: '500' };
    server.send({ type: 'assignment', assignment: server.assignment(commit, { variables }) });
    await phaseOf(server, '7-1', 'build');

    builder.drain.abort();
    await builder.ended;

    expect(server.connections.at(-1)).toMatchObject({ slots: 0, running: ['7-1'] });
    expect(await server.record('7-1').finished.promise).toEqual({ outcome: 'success' });
  });

  test('with drain and nothing to do ends at once', async () => {
    await using server = await ProtocolServer.open();
    await using builder = await startBuilder(server);
    await server.connection();

    builder.drain.abort();

    await builder.ended;
  });

  test('at once throws its sandboxes away and reports nothing', async () => {
    await using server = await ProtocolServer.open();
    await using builder = await startBuilder(server);
    const commit = await server.git.commit(dockerfile);
    await server.connection();
    server.send({
      type: 'assignment',
      assignment: server.assignment(commit, { variables: hanging }),
    });
    await phaseOf(server, '7-1', 'build');

    builder.stop.abort(new Error('interrupted'));
    await builder.ended;

    expect(await builder.leftovers()).toEqual([]);
    expect(await hasEnded(server.record('7-1').finished.promise)).toBe(false);
  });
});

/** Time passes a thousand times faster; remembers the longest wait that came to its end. */
function hastyClock(): Clock & { longestMilliseconds(): number } {
  let longest = 0;
  return {
    now: () => Date.now(),
    sleep: async (milliseconds, signal) => {
      await systemClock.sleep(milliseconds / 100, signal);
      longest = Math.max(longest, milliseconds);
    },
    longestMilliseconds: () => longest,
  };
}
