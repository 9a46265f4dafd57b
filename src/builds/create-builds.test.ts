import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testDialects } from '#platform/db/testing';
import { BuildsFixture, commit } from './testing/builds-fixture.ts';

describe.each(testDialects)('the life of a build in %s', (dialect) => {
  let room: BuildsFixture;
  beforeEach(async () => {
    room = await BuildsFixture.open(dialect);
  });
  afterEach(async () => {
    await room[Symbol.asyncDispose]();
  });

  test('SET-15 a push to the branch of the default rule becomes the tag latest', async () => {
    await room.configure([{}]);
    await room.pushBranch('main', commit('a'));

    const leased = await room.lease();
    const startedAt = room.clock.now();
    await room.builds.attempts.recordPhase(leased.attemptId, {
      event: 'start',
      phase: 'clone',
      at: startedAt,
    });
    await room.builds.attempts.appendLog(leased.attemptId, {
      from: 0,
      lines: [{ at: 1, phase: 'clone', stream: 'stdout', text: 'Cloning' }],
    });
    await room.builds.attempts.recordPhase(leased.attemptId, {
      event: 'end',
      phase: 'clone',
      at: startedAt,
      exitCode: 0,
    });
    await room.stage(leased.attemptId, 'latest', 'sha256:one');
    const published = await room.builds.attempts.publish(leased.attemptId);
    await room.builds.attempts.finish(leased.attemptId, { outcome: 'success' });

    expect(leased).toMatchObject({ attemptId: '1-1', tags: ['latest'], push: true });
    expect(published).toEqual([{ tag: 'latest', digest: 'sha256:one', outcome: 'moved' }]);
    expect(room.publisher.tags).toEqual(new Map([['latest', 'sha256:one']]));
    expect(await room.report(leased.buildId)).toMatchObject({
      state: 'success',
      attempts: [
        {
          number: 1,
          state: 'success',
          phases: [{ name: 'clone', startedAt, endedAt: startedAt, exitCode: 0 }],
          published: [{ tag: 'latest', outcome: 'moved' }],
        },
      ],
    });
    expect(await room.logTexts(leased.attemptId)).toEqual(['Cloning']);
  });
});
