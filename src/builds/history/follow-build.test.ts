import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Principal } from '#access';
import { statement } from '#platform/db';
import { testDialects } from '#platform/db/testing';
import { BuildsFixture, commit } from '../testing/builds-fixture.ts';
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
    renew: () => Promise<Principal | undefined> = async () => who,
  ) => room.builds.follow(who, 1, { from: 0, ...place, signal: leaving.signal, renew });
  const collect = async (news: AsyncIterable<BuildNews>) => {
    const all: BuildNews[] = [];
    for await (const each of news) all.push(each);
    return all;
  };
  /** Of what somebody may do with the repository. */
  const change = (sql: string, { granteeId }: { readonly granteeId: number }) =>
    room.database.transact((tx) =>
      tx.run(statement<[number, number]>(sql), granteeId, room.repositoryId),
    );
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
    const news = (
      await other.follow(room.acme, 1, {
        from: 0,
        signal: leaving.signal,
        renew: async () => room.acme,
      })
    )[Symbol.asyncIterator]();
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

  test('A7 ends without a word within a second when the right was taken away', async () => {
    const bob = await room.addPerson('bob');
    await change(
      "insert into repository_grant (grantee_id, repository_id, role) values (?, ?, 'read')",
      bob,
    );
    const followed = follow({}, bob).then(collect);
    await room.clock.awaited(1_000);

    await change('delete from repository_grant where grantee_id = ? and repository_id = ?', bob);
    await say(0, 'for others');
    room.clock.advance(1_000);

    expect(await followed).toMatchObject([{ type: 'build' }]);
  });

  test('A7 ends without a word at the next look when the credential has lost its power', async () => {
    let who: Principal | undefined = room.acme;
    const followed = follow({}, room.acme, async () => who).then(collect);
    await room.clock.awaited(1_000);

    who = undefined;
    room.clock.advance(1_000);

    expect(await followed).toMatchObject([{ type: 'build' }]);
  });

  test('A7 ends in the midst of what was read when a slow reader has lost the right', async () => {
    await say(0, 'zero', 'one', 'two');
    let who: Principal | undefined = room.acme;
    const news = await follow({}, room.acme, async () => who);
    const texts: string[] = [];

    for await (const each of news) {
      if (each.type !== 'line') continue;
      texts.push(each.line.text);
      who = undefined;
      room.clock.advance(1_000);
    }

    expect(texts).toEqual(['zero']);
  });

  test('A7 a log that is read as text breaks off when the reader has lost the right', async () => {
    await say(0, 'zero');
    const reading = await room.builds.logs.text(room.acme, 1, { renew: async () => undefined });
    room.clock.advance(1_000);

    await expect(Array.fromAsync(reading)).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
  });

  test('of an attempt that is not there is refused before anything is given', async () => {
    await expect(follow({ attempt: 2 })).rejects.toMatchObject({ code: 'ATTEMPT_UNKNOWN' });
  });
});
