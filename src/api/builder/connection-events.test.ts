import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  connectBuilder,
  makeBuildable,
  startBuild,
  startTestServer,
  type TestServer,
} from '#app/testing';
import { createBuilderClient } from '#builder';
import { TestClock } from '#kernel/testing';
import { type Assignment, buildOperations } from '#protocol';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const cancel = (buildId: number, on = server) =>
  on.ada.client.call(buildOperations.cancel, { params: { buildId } });
const show = (buildId: number, on = server) =>
  on.ada.client.call(buildOperations.show, { params: { buildId } });
const freshName = () => `app-${crypto.randomUUID().slice(0, 8)}`;
const startOne = async (on = server) => {
  const name = freshName();
  await makeBuildable(on, name);
  return startBuild(on, name);
};
/** Ends what a test began, so that the next one finds an empty queue. */
const finish = (builder: ReturnType<typeof connectBuilder>, assignment: Assignment) =>
  builder.attempt(assignment).finish({ outcome: 'success' });

describe('a connection', () => {
  test('greets the builder and gives it a build within milliseconds of its start', async () => {
    await using builder = connectBuilder(server);
    await builder.next('welcome');
    const name = freshName();
    await makeBuildable(server, name);

    const startedAt = performance.now();
    const buildId = await startBuild(server, name);
    const { assignment } = await builder.next('assignment');

    expect(performance.now() - startedAt).toBeLessThan(500);
    expect(assignment).toMatchObject({
      buildId,
      attempt: 1,
      attemptId: `${buildId}-1`,
      repository: `ada/${name}`,
      publicUrl: server.url,
      source: { path: `/git/ada/${name}.git`, type: 'branch', name: 'main' },
      tags: ['main'],
      push: true,
      variables: {},
    });
    await finish(builder, assignment);
  });

  test('gives a builder no more than it has slots for, and the next when one is free', async () => {
    await using builder = connectBuilder(server, { slots: 2 });
    const name = freshName();
    const branches = ['a', 'b', 'c'];
    await makeBuildable(server, name, { branches });
    const ids = [];
    for (const branch of branches) ids.push(await startBuild(server, name, branch));

    const { assignment: first } = await builder.next('assignment');
    const { assignment: second } = await builder.next('assignment');
    const third = await show(ids[2] ?? 0);
    await finish(builder, first);
    const { assignment: last } = await builder.next('assignment');

    expect([first, second, last].map(({ buildId }) => buildId)).toEqual(ids);
    expect(third.state).toBe('pending');
    await finish(builder, second);
    await finish(builder, last);
  });

  test('with no slots gives nothing: the builder is being drained', async () => {
    await using drained = connectBuilder(server, { name: 'drained', slots: 0 });
    await drained.next('welcome');
    await using other = connectBuilder(server, { name: 'other' });

    const buildId = await startOne();
    const { assignment } = await other.next('assignment');

    expect(assignment.buildId).toBe(buildId);
    expect(drained.waiting('assignment')).toBe(0);
    await finish(other, assignment);
  });

  test('says at once that an attempt was canceled, and gives its place away when it is settled', async () => {
    await using builder = connectBuilder(server);
    const buildId = await startOne();
    const { assignment } = await builder.next('assignment');
    const next = await startOne();

    await cancel(buildId);
    const end = await builder.next('end');
    expect(builder.waiting('assignment')).toBe(0);
    await builder.attempt(assignment).settle();
    const { assignment: following } = await builder.next('assignment');

    expect(end).toMatchObject({
      attemptId: `${buildId}-1`,
      reason: 'canceled_by',
    });
    expect((await show(buildId)).state).toBe('canceled');
    expect(following.buildId).toBe(next);
    await finish(builder, following);
  });

  test('tells a builder that comes back which of its attempts have ended meanwhile', async () => {
    const buildId = await startOne();
    const builder = connectBuilder(server);
    const { assignment } = await builder.next('assignment');
    await builder[Symbol.asyncDispose]();
    await cancel(buildId);

    await using again = connectBuilder(server, { running: [assignment.attemptId] });

    expect(await again.next('end')).toMatchObject({ attemptId: assignment.attemptId });
    await again.attempt(assignment).settle();
  });

  test('is ended by a newer one of the same name, which keeps what runs', async () => {
    const buildId = await startOne();
    await using older = connectBuilder(server);
    const { assignment } = await older.next('assignment');

    await using newer = connectBuilder(server, { running: [assignment.attemptId] });
    await newer.next('welcome');
    await older.ended;
    await newer.attempt(assignment).sendLog({ from: 0, lines: [] });

    expect((await show(buildId)).state).toBe('in_progress');
    await finish(newer, assignment);
  });

  test('that claims less than was given loses the rest', async () => {
    const buildId = await startOne();
    const builder = connectBuilder(server);
    await builder.next('assignment');
    await builder[Symbol.asyncDispose]();

    await using forgetful = connectBuilder(server, { slots: 0 });
    await forgetful.next('welcome');

    await expect.poll(() => show(buildId)).not.toMatchObject({ state: 'in_progress' });
    await cancel(buildId);
  });

  test('needs the builder’s token', async () => {
    const stranger = connectBuilder({ url: server.url, builderToken: 'guessed' });

    expect(await stranger.ended).toMatchObject({
      status: 401,
      code: 'BUILDER_UNAUTHENTICATED',
      message: expect.stringContaining('SLIPWAY_BUILDER_TOKEN'),
    });
  });
});

describe('a builder whose connection broke', () => {
  test('loses its attempts when it does not come back, and the build goes back to the queue', async () => {
    const clock = new TestClock();
    await using own = await startTestServer({ clock });
    const buildId = await startOne(own);
    const builder = connectBuilder(own);
    await builder.next('assignment');

    await builder[Symbol.asyncDispose]();
    const back = async () => {
      clock.advance(1_000);
      return show(buildId, own);
    };

    await expect.poll(back, { timeout: 20_000 }).toMatchObject({ state: 'pending' });
  });

  test('keeps them when it is back soon, however often it breaks', async () => {
    await using own = await startTestServer();
    const buildId = await startOne(own);
    let builder = connectBuilder(own);
    const { assignment } = await builder.next('assignment');
    const running = [assignment.attemptId];
    for (let breaks = 0; breaks < 3; breaks += 1) {
      await builder[Symbol.asyncDispose]();
      builder = connectBuilder(own, { running });
      await builder.next('welcome');
    }

    await builder.attempt(assignment).finish({ outcome: 'success' });
    await builder[Symbol.asyncDispose]();

    expect(await show(buildId, own)).toMatchObject({ state: 'success', attempts: 1 });
  });
});

describe('an attempt’s reports', () => {
  test('A5 are refused with the token of another attempt, and with the builder’s', async () => {
    await using builder = connectBuilder(server, { slots: 2 });
    await startOne();
    await startOne();
    const { assignment: one } = await builder.next('assignment');
    const { assignment: other } = await builder.next('assignment');
    const refused = { status: 401, code: 'BUILDER_UNAUTHENTICATED' };
    const client = createBuilderClient({ serverUrl: server.url, token: server.builderToken });

    for (const token of [other.token, server.builderToken, server.administrator.session]) {
      const attempt = client.attempt(one.attemptId, token);
      await expect(attempt.sendLog({ from: 0, lines: [] })).rejects.toMatchObject(refused);
      await expect(attempt.publish()).rejects.toMatchObject(refused);
      await expect(attempt.finish({ outcome: 'success' })).rejects.toMatchObject(refused);
      await expect(attempt.settle()).rejects.toMatchObject(refused);
    }
    expect((await show(one.buildId)).state).toBe('in_progress');
    await finish(builder, one);
    await finish(builder, other);
  });

  test('are refused with 409 after the end, so that the builder stops', async () => {
    await using builder = connectBuilder(server);
    const buildId = await startOne();
    const { assignment } = await builder.next('assignment');
    const attempt = builder.attempt(assignment);
    await cancel(buildId);
    const ended = { code: 'ATTEMPT_ENDED' };

    await expect(attempt.sendLog({ from: 0, lines: [] })).rejects.toMatchObject(ended);
    await expect(
      attempt.sendPhase({ event: 'start', phase: 'build', at: 1 }),
    ).rejects.toMatchObject(ended);
    await expect(attempt.publish()).rejects.toMatchObject(ended);
    await expect(attempt.finish({ outcome: 'success' })).rejects.toMatchObject(ended);
    await attempt.settle();

    expect((await show(buildId)).state).toBe('canceled');
  });

  test('with a NUL in a verdict are refused before a database sees it', async () => {
    await using builder = connectBuilder(server);
    await startOne();
    const { assignment } = await builder.next('assignment');

    const sent = builder.attempt(assignment).finish({
      outcome: 'failed',
      reason: 'build_failed',
      phase: 'build',
      message: 'it ended\0',
    });

    await expect(sent).rejects.toMatchObject({ status: 400, facts: { field: 'message' } });
    await finish(builder, assignment);
  });

  test.for([
    ['before all time', { at: -1 }],
    ['after all time', { at: 8_640_000_000_000_001 }],
    ['of no whole number', { at: 0.5 }],
    ['of a number too large', { at: 1e308 }],
    ['with an exit code of no process', { at: 1, exitCode: 1e15 }],
  ] as const)('A11 of a phase %s are refused, and its build can be shown', async ([, part]) => {
    await using builder = connectBuilder(server);
    const buildId = await startOne();
    const { assignment } = await builder.next('assignment');
    const report = { event: 'end', phase: 'build', exitCode: 0, ...part } as const;

    const sent = builder.attempt(assignment).sendPhase(report);

    await expect(sent).rejects.toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
    expect(await show(buildId)).toMatchObject({ attemptList: [{ phases: [] }] });
    await finish(builder, assignment);
  });

  test('A11 of more lines than a batch holds are refused', async () => {
    await using builder = connectBuilder(server);
    await startOne();
    const { assignment } = await builder.next('assignment');
    const line = { at: 1, phase: 'build', stream: 'stdout', text: '' } as const;
    const lines = Array.from({ length: 2_001 }, () => line);

    const sent = builder.attempt(assignment).sendLog({ from: 0, lines });

    await expect(sent).rejects.toMatchObject({ facts: { fields: [{ field: 'lines' }] } });
    await finish(builder, assignment);
  });
});
