import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Principal } from '#access';
import { testDialects } from '#platform/db/testing';
import { BuildsFixture, commit, repositoryName } from '../testing/builds-fixture.ts';
import type { BuildNews } from './follow-build.ts';

describe.each(testDialects)('following a build in %s', (dialect) => {
  let room: BuildsFixture;
  let attemptId: string;
  let leaving: AbortController;
  beforeEach(async () => {
    room = await BuildsFixture.open(dialect);
    leaving = new AbortController();
    await room.configure([{}]);
    await room.pushBranch('main', commit('a'));
    ({ attemptId } = await room.lease());
  });
  afterEach(async () => {
    await room[Symbol.asyncDispose]();
  });

  const say = (from: number, ...texts: readonly string[]) =>
    room.builds.attempts.appendLog(attemptId, {
      from,
      lines: texts.map((text) => ({ at: 1, phase: 'build', stream: 'stdout', text })),
    });
  const finish = () => room.builds.attempts.finish(attemptId, { outcome: 'success' });
  const follow = (
    place: { readonly attempt?: number; readonly from?: number } = {},
    who: Principal = room.acme,
  ) => room.builds.follow(who, 1, { from: 0, ...place, signal: leaving.signal });
  const collect = async (news: AsyncIterable<BuildNews>) => {
    const all: BuildNews[] = [];
    for await (const each of news) all.push(each);
    return all;
  };
  const textsIn = (news: readonly BuildNews[]) =>
    news.flatMap((each) => (each.type === 'line' ? [each.line.text] : []));

  test('gives lines as they come, reports when they change, and the end last', async () => {
    await say(0, 'zero');
    const news = await follow();
    const all: string[] = [];

    for await (const each of news) {
      if (each.type === 'line') all.push(each.line.text);
      else all.push(each.type === 'build' ? each.build.state : `end: ${each.state}`);
      if (all.at(-1) === 'zero') await say(1, 'one');
      if (all.at(-1) === 'one') await finish();
    }

    expect(all).toEqual(['in_progress', 'zero', 'one', 'success', 'end: success']);
  });

  test('begins at the line that is asked for', async () => {
    await say(0, 'zero', 'one', 'two');
    await finish();

    expect(textsIn(await collect(await follow({ from: 1 })))).toEqual(['one', 'two']);
  });

  test('goes from a lost attempt on to the next', async () => {
    await say(0, 'first');
    await room.loseBuilder();
    ({ attemptId } = await room.lease());
    await say(0, 'second');
    await finish();

    const news = await collect(await follow({ attempt: 1 }));

    expect(textsIn(news)).toEqual(['first', 'builder builder-1 was lost', 'second']);
  });

  test('hears what another server did within a second', async () => {
    const other = room.openServer();
    const news = (await other.follow(room.acme, 1, { from: 0, signal: leaving.signal }))[
      Symbol.asyncIterator
    ]();
    await news.next();
    const next = news.next();
    await room.clock.awaited(1_000);

    await say(0, 'elsewhere');
    room.clock.advance(1_000);

    expect(await next).toMatchObject({ value: { type: 'line', line: { text: 'elsewhere' } } });
    leaving.abort();
  });

  test('ends when who follows leaves', async () => {
    const followed = follow().then(collect);
    await room.clock.awaited(1_000);

    leaving.abort();

    expect(await followed).toMatchObject([{ type: 'build' }]);
  });

  test('ends without a word when the log may be read no more', async () => {
    await room.repositories.update(room.acme, repositoryName, { isPrivate: true });
    const credential = { kind: 'pat', id: 'x', scope: 'repo:read' } as const;
    const followed = follow({}, { ...room.acme, credential }).then(collect);
    await room.clock.awaited(1_000);

    // Logs of public repositories are for those who may write.
    await room.repositories.update(room.acme, repositoryName, { isPrivate: false });
    await say(0, 'for others');

    expect(await followed).toMatchObject([{ type: 'build' }]);
  });

  test('of an attempt that is not there is refused before anything is given', async () => {
    await expect(follow({ attempt: 2 })).rejects.toMatchObject({ code: 'ATTEMPT_UNKNOWN' });
  });
});
