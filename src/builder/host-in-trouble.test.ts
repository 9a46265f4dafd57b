import { describe, expect, test } from 'vitest';
import { systemClock } from '#kernel';
import { RecordingLogger } from '#platform/telemetry/testing';
import type { Assignment } from '#protocol';
import type { BuilderCondition } from './builder-condition.ts';
import { createFakeExecutor } from './executors/fake/fake-executor.ts';
import { FakeHost } from './executors/fake/fake-host.ts';
import { ProtocolServer } from './testing/protocol-server.ts';
import { startBuilder } from './testing/running-builder.ts';

const dockerfile = { Dockerfile: 'FROM scratch\n' };
const hanging = { FAKE_HANG_PHASE: 'build' };
const success = { outcome: 'success' };

/** What a builder waits for by the clock comes soon; the order of things stays. */
const hastyClock = {
  now: () => Date.now() * 100,
  sleep: (milliseconds: number, signal?: AbortSignal) =>
    systemClock.sleep(milliseconds / 100, signal),
};

async function scene(slots = 2) {
  const server = await ProtocolServer.open();
  const host = new FakeHost();
  const logger = new RecordingLogger();
  const conditions: BuilderCondition[] = [];
  const onCondition = (condition: BuilderCondition) => void conditions.push(condition);
  const parts = { host, logger, onCondition, slots, clock: hastyClock };
  const builder = await startBuilder(server, parts);
  const commit = await server.git.commit(dockerfile);
  await server.connection();
  return {
    server,
    host,
    logger,
    builder,
    conditions,
    give: (attemptId: string, variables: Assignment['variables'] = {}) => {
      const changes = { attemptId, buildId: Number(attemptId.split('-')[0]), variables };
      server.send({ type: 'assignment', assignment: server.assignment(commit, changes) });
      return server.record(attemptId);
    },
    /** What the server was told last. */
    told: () => server.connections.at(-1),
    [Symbol.asyncDispose]: async () => {
      host.keepsSandboxes = false;
      host.start();
      await builder[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe('an engine that goes away', () => {
  test('under a running attempt has the attempt given up without a verdict', async () => {
    await using it = await scene();
    const record = it.give('1-1', hanging);
    await expect.poll(() => record.began).toContain('build');

    it.host.stop();

    await expect.poll(it.told).toMatchObject({ slots: 0, running: [] });
    expect(record.hasEnded).toBe(false);
    expect(record.text).toContain('the build is tried again');
    expect(it.told()?.troubles?.[0]).toContain('the fake engine does not answer');
  });

  test('between two attempts has the builder take none, and say so to the server and in the log', async () => {
    await using it = await scene();

    it.host.stop();

    await expect.poll(it.told).toMatchObject({ slots: 0 });
    expect(it.conditions.at(-1)).toEqual({
      slots: 0,
      troubles: ['the fake engine does not answer; start it'],
    });
    expect(it.logger.failures.map(({ message }) => message)).toContain(
      'no build can run; the builder takes none until that is mended',
    );
  });

  test('just before an attempt fails no build: the attempt is given up', async () => {
    await using it = await scene();
    it.host.stop();

    const record = it.give('1-1');

    await expect.poll(it.told).toMatchObject({ slots: 0, running: [] });
    expect(record.hasEnded).toBe(false);
  });

  test('and comes back is noticed: builds run again, and what it kept is removed', async () => {
    await using it = await scene();
    it.give('1-1', hanging);
    await expect.poll(() => it.server.record('1-1').began).toContain('build');
    it.host.stop();
    await expect.poll(it.told).toMatchObject({ slots: 0, running: [] });

    it.host.start();

    await expect.poll(it.told).toMatchObject({ slots: 2, troubles: [] });
    expect(await it.give('1-2').finished.promise).toEqual(success);
    await expect.poll(() => it.builder.leftovers()).toEqual([]);
  });

  test('is gone for good when the builder starts: it ends and says what is missing', async () => {
    await using server = await ProtocolServer.open();
    const host = new FakeHost();
    host.stop();
    const builder = await startBuilder(server, { host });

    await expect(builder.ended).rejects.toMatchObject({ code: 'EXECUTOR_UNAVAILABLE' });
    expect(server.connections).toEqual([]);
  });
});

describe('a sandbox that vanishes while the engine is there', () => {
  test('is not its build’s fault: the attempt is given up, and the builder goes on', async () => {
    await using it = await scene();

    const record = it.give('1-1', { FAKE_LOSE_PHASE: 'build' });

    await expect.poll(() => it.server.connections.length).toBe(2);
    expect(record.hasEnded).toBe(false);
    expect(it.told()).toMatchObject({ slots: 2, running: [] });
    expect(await it.give('1-2').finished.promise).toEqual(success);
    expect(await it.builder.leftovers()).toEqual([]);
  });
});

describe('a sandbox that can not be removed', () => {
  test('keeps its slot, is told, and is tried again until it is gone', async () => {
    await using it = await scene();
    it.host.keepsSandboxes = true;

    expect(await it.give('1-1').finished.promise).toEqual(success);

    await expect.poll(it.told).toMatchObject({ slots: 1, running: [] });
    expect(it.told()?.troubles?.[0]).toMatch(/sandbox 1-1-\w+ could not be removed.*keeps it/);
    expect(it.logger.failures).toMatchObject([
      { level: 'error', fields: { reason: 'the fake engine keeps it' } },
    ]);
    expect(await it.builder.leftovers()).toHaveLength(1);

    it.host.keepsSandboxes = false;
    await expect.poll(it.told).toMatchObject({ slots: 2, troubles: [] });
    expect(await it.builder.leftovers()).toEqual([]);
  });

  test('of an earlier life counts from the start', async () => {
    await using server = await ProtocolServer.open();
    const host = new FakeHost();
    const executor = createFakeExecutor({ host });
    const counted: string[] = [];
    const stuck = { id: 'old', reason: 'the fake engine keeps it' };
    await using _ = await startBuilder(server, {
      slots: 1,
      executor: {
        kind: 'fake',
        prepare: executor.prepare.bind(executor),
        check: executor.check.bind(executor),
        open: executor.open.bind(executor),
        removeOrphans: async (owner) => {
          counted.push(owner);
          return 0;
        },
        leftovers: () => [stuck],
      },
    });

    await server.connection();

    expect(counted).toEqual(['test-builder']);
    expect(server.connections[0]).toMatchObject({ slots: 0 });
  });
});
