import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { PhaseName } from '#kernel';
import { testDialects } from '#platform/db/testing';
import { sourcesErrors } from '#sources';
import { BuildsFixture, commit, repositoryName } from '../testing/builds-fixture.ts';
import type { Attempts } from './attempts.ts';

const hours = 3_600_000;
const stopped =
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ The build was cancelled or exceeded the maximum execution time\.$/;

describe.each(testDialects)('attempts in %s', (dialect) => {
  let room: BuildsFixture;
  let attempts: Attempts;
  beforeEach(async () => {
    room = await BuildsFixture.open(dialect, { concurrency: 2, pending: 5 });
    attempts = room.builds.attempts;
    await room.configure([{ source: '/.*/', dockerTags: '{sourceref}' }]);
  });
  afterEach(async () => {
    await room[Symbol.asyncDispose]();
  });

  const startOne = async (name = 'main', letter = 'a') => {
    await room.pushBranch(name, commit(letter));
    return room.lease();
  };
  const say = (attemptId: string, from: number, ...texts: readonly string[]) =>
    attempts.appendLog(attemptId, {
      from,
      lines: texts.map((text) => ({
        at: 1,
        phase: 'build' as const,
        stream: 'stdout' as const,
        text,
      })),
    });
  const begin = (attemptId: string, phase: PhaseName) =>
    attempts.recordPhase(attemptId, { event: 'start', phase, at: room.clock.now() });

  test('a lease tells all that an attempt needs, and its token is known', async () => {
    const leased = await startOne();

    const standing = await attempts.authenticate(leased.token);

    expect(leased).toMatchObject({
      attemptId: '1-1',
      attempt: 1,
      repositoryName: 'acme/app',
      clone: { kind: 'gateway', path: '/clone' },
      ref: { type: 'branch', name: 'main', commit: commit('a') },
      buildContext: '/',
      dockerfile: '/',
      tags: ['main'],
      caching: true,
      variables: {},
    });
    expect(standing).toMatchObject({
      attemptId: '1-1',
      repositoryId: room.repositoryId,
      isLive: true,
    });
    expect(await attempts.authenticate('slip_att_guess')).toBeUndefined();
    expect(await attempts.authenticate('slip_pat_other')).toBeUndefined();
  });

  test('AUT-17 AUT-18 builds over the namespace’s number wait, and run when one ends', async () => {
    for (const name of ['a', 'b', 'c']) await room.pushBranch(name, commit(name));
    const [first] = [await room.lease(), await room.lease()];
    const third = (await room.listBuilds())[0]?.id ?? 0;

    const full = await room.tryLease('builder-2');
    const { waiting } = await room.report(third);
    await attempts.finish(first.attemptId, { outcome: 'success' });

    expect(full).toBeUndefined();
    expect(waiting).toEqual({ position: 1, reason: 'namespace acme runs 2 of 2 builds' });
    expect((await room.report(third)).waiting?.reason).toBe('waiting for a builder');
    expect((await room.lease()).buildId).toBe(third);
  });

  test('SET-03 AUT-12 what a failed attempt has pushed is seen by nobody', async () => {
    const { attemptId, buildId } = await startOne();
    await room.stage(attemptId, 'main');

    await attempts.finish(attemptId, {
      outcome: 'failed',
      reason: 'test_failed',
      phase: 'test',
      message: 'sut exited with 1',
      exitCode: 1,
    });

    expect(room.publisher.tags.size).toBe(0);
    expect(room.publisher.staged(attemptId)).toEqual([]);
    expect(await room.report(buildId)).toMatchObject({
      state: 'failed',
      reason: 'test_failed',
      message: 'sut exited with 1',
      attempts: [{ state: 'failed', phase: 'test', exitCode: 1 }],
    });
  });

  test('AUT-14 a build for tests only publishes nothing, whatever its hooks push', async () => {
    await room.configure([{ autobuild: false }], 'internal');
    const { attemptId, push } = await startOne();
    await room.stage(attemptId, 'latest');

    const published = await attempts.publish(attemptId);

    expect(push).toBe(false);
    expect(published).toEqual([]);
    expect(room.publisher.tags.size).toBe(0);
  });

  test('an older build that ends late does not take a tag back, and says why', async () => {
    const older = await startOne('main', 'a');
    const newer = await startOne('main', 'b');
    await room.stage(newer.attemptId, 'latest', 'sha256:new');
    await attempts.publish(newer.attemptId);
    await room.stage(older.attemptId, 'latest', 'sha256:old');
    await room.stage(older.attemptId, 'other', 'sha256:old');

    const published = await attempts.publish(older.attemptId);

    expect(published).toEqual([
      {
        tag: 'latest',
        digest: 'sha256:old',
        outcome: 'outdated',
        message: 'latest not moved: build 2 is newer',
      },
      { tag: 'other', digest: 'sha256:old', outcome: 'moved' },
    ]);
    expect(room.publisher.tags.get('latest')).toBe('sha256:new');
  });

  test('builds that publish one tag at the same moment leave it to the newest', async () => {
    const leased = [await startOne('a', 'a'), await startOne('b', 'b')];
    for (const { attemptId, ref } of leased) await room.stage(attemptId, 'latest', ref.name);

    await Promise.all(leased.map(({ attemptId }) => attempts.publish(attemptId)));

    expect(room.publisher.tags.get('latest')).toBe('b');
  });

  test('a phase is when it can have been, whatever a builder says, and ends once', async () => {
    const { attemptId } = await startOne();
    const { startedAt = 0 } = await room.report(1);
    const report = (event: 'start' | 'end', at: number) =>
      attempts.recordPhase(attemptId, { event, phase: 'build', at, exitCode: 0 });
    room.clock.advance(600_000);

    await report('start', 8_640_000_000_000_000);
    await report('end', 1);
    await report('end', room.clock.now() + 5);

    const at = startedAt + 600_000;
    expect((await room.report(1)).attempts[0]?.phases).toEqual([
      { name: 'build', startedAt: at, endedAt: at, exitCode: 0 },
    ]);
  });

  test('a verdict that is sent twice is taken, and no other one after it', async () => {
    const { attemptId } = await startOne();
    const failed = {
      outcome: 'failed',
      reason: 'test_failed',
      phase: 'test',
      message: 'no',
    } as const;
    await attempts.finish(attemptId, { outcome: 'success' });

    const again = attempts.finish(attemptId, { outcome: 'success' });

    await expect(again).resolves.toBeUndefined();
    await expect(attempts.finish(attemptId, failed)).rejects.toMatchObject({
      code: 'ATTEMPT_ENDED',
    });
    expect(await room.report(1)).toMatchObject({ state: 'success' });
  });

  test('publishing twice tells the same', async () => {
    const { attemptId } = await startOne();
    await room.stage(attemptId, 'main');

    const answers = [await attempts.publish(attemptId), await attempts.publish(attemptId)];

    expect(answers[1]).toEqual(answers[0]);
  });

  test('a tag that a rule refuses is told apart from an outdated one', async () => {
    room.publisher.immutable.add('main');
    const { attemptId } = await startOne();
    await room.stage(attemptId, 'main');

    expect(await attempts.publish(attemptId)).toMatchObject([
      { outcome: 'refused', message: 'main is immutable' },
    ]);
  });

  test('TRB-08 a waiting build is canceled at once', async () => {
    await room.pushBranch('main', commit('a'));

    const build = await room.builds.cancel(room.acme, 1);

    expect(build).toMatchObject({ state: 'canceled', reason: 'canceled_by' });
    expect(await room.tryLease()).toBeUndefined();
  });

  test('SET-79 A30 a canceled attempt has no rights, and its slot is free, from that moment', async () => {
    const { attemptId, token } = await startOne();
    await startOne('dev');
    await room.pushBranch('next', commit('c'));
    await room.stage(attemptId, 'main');

    const build = await room.builds.cancel(room.acme, 1);

    expect(build.state).toBe('canceling');
    expect(room.publisher.staged(attemptId)).toEqual([]);
    await expect(room.stage(attemptId, 'main')).rejects.toMatchObject({ code: 'DENIED' });
    const reports = [
      () => attempts.publish(attemptId),
      () => begin(attemptId, 'push'),
      () => say(attemptId, 0, 'late'),
      () => attempts.finish(attemptId, { outcome: 'success' }),
    ];
    for (const report of reports) {
      await expect(report()).rejects.toMatchObject({ code: 'ATTEMPT_ENDED' });
    }
    expect(await attempts.authenticate(token)).toMatchObject({ isLive: false });
    expect((await room.lease()).ref.name).toBe('next');
  });

  test('TRB-14 a cancel by hand writes Docker Hub’s line, and the next says who it was', async () => {
    const { attemptId } = await startOne();
    await say(attemptId, 0, 'Step 1');

    await room.builds.cancel(room.acme, 1);
    await room.tick();

    const texts = await room.logTexts(attemptId);
    expect(texts[0]).toBe('Step 1');
    expect(texts[1]).toMatch(stopped);
    expect(texts[2]).toBe('2026-11-24T06:00:00Z The build was canceled by acme.');
  });

  test('a cancel waits for no log to be closed: a store that is away fails nobody who cancels', async () => {
    const { attemptId } = await startOne();
    await say(attemptId, 0, 'Step 1');
    vi.spyOn(room.blobs, 'write').mockRejectedValue(new Error('the store is away'));

    const build = await room.builds.cancel(room.acme, 1);
    await room.runDuties();

    expect(build.state).toBe('canceling');
    expect((await room.logTexts(attemptId)).at(-1)).toMatch(/was canceled by acme/);
  });

  test('a canceled build is canceling until its builder tells or says nothing for a while', async () => {
    const told = await startOne('a');
    const silent = await startOne('b');
    await room.builds.cancel(room.acme, told.buildId);
    await room.builds.cancel(room.acme, silent.buildId);

    await attempts.finish(told.attemptId, { outcome: 'success' }).catch(() => undefined);
    const states = async () => (await room.listBuilds()).map(({ state }) => state);
    const early = await states();
    room.clock.advance(15_000);
    await room.tick();

    expect(early).toEqual(['canceling', 'canceled']);
    expect(await states()).toEqual(['canceled', 'canceled']);
  });

  test('what has ended can not be canceled', async () => {
    const { attemptId } = await startOne();
    await attempts.finish(attemptId, { outcome: 'success' });

    await expect(room.builds.cancel(room.acme, 1)).rejects.toMatchObject({
      code: 'BUILD_STATE',
      message: 'build 1 is success: it can not be canceled',
    });
    await expect(room.builds.cancel(room.acme, 9)).rejects.toMatchObject({ code: 'BUILD_UNKNOWN' });
  });

  test('TRB-11 TRB-12 TRB-13 TRB-15 a build that reaches its limit of 4 hours is canceled, its slot free', async () => {
    const { attemptId } = await startOne();
    room.clock.advance(4 * hours - 1);
    await room.hear([attemptId]);
    await room.tick();
    const before = await room.report(1);

    room.clock.advance(1);
    await room.tick();
    await attempts.settle(attemptId);
    const after = await room.report(1);

    expect(before.state).toBe('in_progress');
    expect(after).toMatchObject({ state: 'canceled', reason: 'time_limit' });
    expect((after.finishedAt ?? 0) - (after.startedAt ?? 0)).toBe(4 * hours);
    const texts = await room.logTexts(attemptId);
    expect(texts[0]).toMatch(stopped);
    expect(texts[1]).toContain('The build ran longer than the limit of 4 h.');
  });

  test('TRB-07 retrying builds the same commit as the next attempt', async () => {
    const first = await startOne();
    await attempts.finish(first.attemptId, { outcome: 'success' });

    const build = await room.builds.retry(room.acme, 1);
    const second = await room.lease();

    expect(build.state).toBe('pending');
    expect(second).toMatchObject({ attemptId: '1-2', attempt: 2, ref: first.ref });
    expect((await room.report(1)).attempts.map(({ number }) => number)).toEqual([1, 2]);
    await expect(room.builds.retry(room.acme, 1)).rejects.toMatchObject({ code: 'BUILD_STATE' });
    await expect(room.stage(first.attemptId, 'x')).rejects.toMatchObject({ code: 'DENIED' });
  });

  test('AUT-22 a retry is refused by a full queue', async () => {
    const { attemptId } = await startOne();
    await attempts.finish(attemptId, { outcome: 'success' });
    for (const name of ['a', 'b', 'c', 'd', 'e']) await room.pushBranch(name, commit(name));

    await expect(room.builds.retry(room.acme, 1)).rejects.toMatchObject({ code: 'QUEUE_FULL' });
  });

  test('a lost attempt is tried again by itself twice, then its build has failed', async () => {
    await room.pushBranch('main', commit('a'));
    const states = [];
    for (let round = 0; round < 3; round += 1) {
      const leased = await room.lease();
      await room.stage(leased.attemptId, 'main');
      room.clock.advance(30_000);
      await room.tick();
      states.push((await room.report(1)).state);
    }

    const report = await room.report(1);
    expect(states).toEqual(['pending', 'pending', 'failed']);
    expect(report).toMatchObject({
      reason: 'lost',
      message: 'the builder was lost 3 times; retry the build when a builder is there',
    });
    expect(report.attempts.map(({ state }) => state)).toEqual(['lost', 'lost', 'lost']);
    expect(room.publisher.staged('1-3')).toEqual([]);
    expect(await room.logTexts('1-1')).toEqual(['builder builder-1 was lost']);
  });

  test('an attempt that had begun to push is not tried again when it is lost', async () => {
    const { attemptId } = await startOne();
    await begin(attemptId, 'push');

    await room.loseBuilder();

    expect(await room.report(1)).toMatchObject({
      state: 'failed',
      reason: 'lost',
      message: expect.stringContaining('after the build had begun to push'),
    });
  });

  test('cancel, loss and end that meet leave one of them standing', async () => {
    const { attemptId } = await startOne();

    await Promise.allSettled([
      room.builds.cancel(room.acme, 1),
      attempts.finish(attemptId, { outcome: 'success' }),
      room.loseBuilder(),
    ]);

    const { state, attempts: list } = await room.report(1);
    const attemptStates: Record<string, string> = {
      canceling: 'canceled',
      canceled: 'canceled',
      success: 'success',
      pending: 'lost',
    };
    expect(list.map((each) => each.state)).toEqual([attemptStates[state]]);
  });

  test('AUT-17 many builders at once lease each build once', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await room.pushBranch(name, commit(name));

    const leased = await Promise.all(
      Array.from({ length: 6 }, (_, index) => room.tryLease(`builder-${index}`)),
    );

    const ids = leased.flatMap((each) => (each === undefined ? [] : [each.buildId]));
    expect(new Set(ids).size).toBe(2);
    expect(ids).toHaveLength(2);
  });

  test('an attempt whose source gives no access fails with the reason, and the next one is leased', async () => {
    await room.pushBranch('main', commit('a'));
    await room.pushBranch('dev', commit('b'));
    room.cloneAccess = async () => {
      room.cloneAccess = async () => ({ kind: 'gateway', path: '/clone' });
      throw sourcesErrors.fail('PROVIDER_FAILED', 'its key was taken away');
    };

    const leased = await room.lease();

    expect(leased).toMatchObject({ buildId: 2, clone: { path: '/clone' } });
    expect(await room.report(1)).toMatchObject({
      state: 'failed',
      reason: 'clone_failed',
      message: 'its key was taken away',
    });
  });

  test('what happened is told', async () => {
    const told: string[] = [];
    room.builds.events.on((event) => told.push(event.type));

    const { attemptId } = await startOne();
    await say(attemptId, 0, 'line');
    await attempts.finish(attemptId, { outcome: 'success' });

    expect(new Set(told)).toEqual(
      new Set(['builder-changed', 'build-changed', 'queue-changed', 'log-grew', 'attempt-ended']),
    );
  });

  test('SET-46 variables reach the attempt in clear', async () => {
    await room.builds.configurations.save(room.acme, repositoryName, {
      autotest: 'off',
      variables: [{ name: 'MY_VAR', value: 'value' }],
    });

    expect((await startOne()).variables).toEqual({ MY_VAR: 'value' });
  });
});
