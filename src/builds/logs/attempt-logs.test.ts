import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { testDialects } from '#platform/db/testing';
import { BuildsFixture, commit } from '../testing/builds-fixture.ts';

describe.each(testDialects)('logs of attempts in %s', (dialect) => {
  let room: BuildsFixture;
  let attemptId: string;
  beforeEach(async () => {
    room = await BuildsFixture.open(dialect);
    await room.configure([{}]);
    await room.pushBranch('main', commit('a'));
    ({ attemptId } = await room.lease());
  });
  afterEach(async () => {
    await room[Symbol.asyncDispose]();
  });

  const say = (from: number, texts: readonly string[]) =>
    room.builds.attempts.appendLog(attemptId, {
      from,
      lines: texts.map((each) => ({ at: 5, phase: 'build', stream: 'stderr', text: each })),
    });
  const finish = () => room.builds.attempts.finish(attemptId, { outcome: 'success' });
  const read = (from = 0, limit = 1000) => room.readLog(attemptId, { from, limit });

  test('lines are numbered from 0 and read from any number on', async () => {
    await say(0, ['zero', 'one']);
    await say(2, ['two {"x": "ü\u2028"}', '', 'four']);

    expect(await read(1, 2)).toEqual({
      attempt: 1,
      lines: [
        { number: 1, at: 5, phase: 'build', stream: 'stderr', text: 'one' },
        { number: 2, at: 5, phase: 'build', stream: 'stderr', text: 'two {"x": "ü\u2028"}' },
      ],
      next: 3,
      isComplete: false,
    });
    expect((await read(4)).lines.map((line) => line.text)).toEqual(['four']);
  });

  test('a batch that is sent again adds nothing, or only what is new', async () => {
    await say(0, ['zero', 'one']);
    await say(0, ['zero', 'one']);
    await say(1, ['one', 'two']);

    expect(await room.logTexts(attemptId)).toEqual(['zero', 'one', 'two']);
  });

  test('a batch that is sent twice at once is kept once', async () => {
    await Promise.all([say(0, ['zero', 'one']), say(0, ['zero', 'one']), say(0, ['zero'])]);

    expect(await room.logTexts(attemptId)).toEqual(['zero', 'one']);
  });

  test('a gap is refused, with the line that is missing', async () => {
    await say(0, ['zero']);

    await expect(say(3, ['three'])).rejects.toMatchObject({
      code: 'LOG_GAP',
      detail: { expected: 1, from: 3 },
    });
  });

  test('small batches ask nothing of the store until the attempt ends, and one thing then', async () => {
    const writing = vi.spyOn(room.blobs, 'write');
    for (let line = 0; line < 50; line += 1) await say(line, [`line ${line}`]);
    const before = await read();

    await finish();
    expect(writing).not.toHaveBeenCalled();
    await room.tick();

    expect(writing).toHaveBeenCalledTimes(1);
    const after = await read();
    expect(after.lines).toEqual(before.lines);
    expect([before.isComplete, after.isComplete]).toEqual([false, true]);
    expect((await read(49)).lines).toHaveLength(1);
  });

  test('a long log is stored in pieces of about a megabyte while it grows', async () => {
    const texts = Array.from({ length: 30 }, (_, line) => `${line} `.repeat(30_000));
    for (const [line, text] of texts.entries()) await say(line, [text]);
    const growing = await room.blobs.list('logs/', { after: '', limit: 100 });
    await finish();

    await room.tick();

    expect(growing).toHaveLength(2);
    expect(await room.blobs.list('logs/', { after: '', limit: 100 })).toHaveLength(3);
    expect(await room.logTexts(attemptId)).toEqual(texts);
    expect((await read(13, 2)).lines.map(({ number }) => number)).toEqual([13, 14]);
  });

  test('a store that fails loses no line, and takes them when they are sent again', async () => {
    const large = 'x'.repeat(1_100_000);
    await say(0, ['small']);
    vi.spyOn(room.blobs, 'write').mockRejectedValueOnce(new Error('the store is away'));

    await expect(say(1, [large])).rejects.toThrow('the store is away');
    expect(await room.logTexts(attemptId)).toEqual(['small']);
    await say(1, [large, 'next']);

    expect(await room.logTexts(attemptId)).toEqual(['small', large, 'next']);
  });

  test('of a large batch that is sent twice at once one segment stays', async () => {
    const large = 'x'.repeat(1_100_000);
    await say(0, ['zero']);

    await Promise.all([say(1, [large]), say(1, [large]), say(1, [large, 'two'])]);

    const texts = await room.logTexts(attemptId);
    expect(texts.slice(0, 2)).toEqual(['zero', large]);
    expect(texts.slice(2)).toEqual(texts.length === 2 ? [] : ['two']);
    const stored = await room.blobs.list('logs/', { after: '', limit: 100 });
    expect(stored).toHaveLength(1);
  });

  test('a log can be downloaded as text', async () => {
    await say(0, ['zero', 'one']);
    await say(2, ['two']);

    expect(await text(Readable.from(await room.builds.logs.text(room.acme, 1, {})))).toBe(
      'zero\none\ntwo\n',
    );
  });

  test('an attempt that is not there has no log', async () => {
    await expect(room.readLog('1-2', { from: 0, limit: 1 })).rejects.toMatchObject({
      code: 'ATTEMPT_UNKNOWN',
    });
  });

  test('several servers that close a log at once write its end once', async () => {
    await say(0, ['zero']);
    await say(1, ['one']);
    const other = room.openServer();
    await room.loseBuilder();

    await Promise.all([room.tick(), room.tick(other)]);
    await room.tick();

    expect(await room.logTexts(attemptId)).toEqual(['zero', 'one', 'builder builder-1 was lost']);
    expect((await read()).isComplete).toBe(true);
  });
});
