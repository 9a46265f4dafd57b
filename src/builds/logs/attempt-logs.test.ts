import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { statement } from '#platform/db';
import { type DoubtfulOutcome, testDialects } from '#platform/db/testing';
import { BuildsFixture, commit } from '../testing/builds-fixture.ts';

const referredKeys = statement<[], { key: string }>(
  'select blob_key as key from log_segment order by blob_key',
);

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
  const renew = async () => room.acme;
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

  describe('whose bytes and rows part', () => {
    const large = 'x'.repeat(1_100_000);
    const listStored = () => room.blobs.list('logs/', { after: '', limit: 100 });
    const hour = 60 * 60 * 1000;
    /** The commit after the next segment was written ends like this. */
    const doubt = (outcome: DoubtfulOutcome) => {
      const write = room.blobs.write.bind(room.blobs);
      vi.spyOn(room.blobs, 'write').mockImplementationOnce((key, options) => {
        room.database.doubtNextCommit(outcome);
        return write(key, options);
      });
    };
    const passTime = async (milliseconds: number) => {
      room.clock.advance(milliseconds);
      await room.runDuties();
    };

    test.each(['kept', 'lost'] as const)(
      'a segment whose commit is in doubt and was %s loses no line, and leaves no bytes',
      async (outcome) => {
        await say(0, ['small']);
        doubt(outcome);

        await expect(say(1, [large])).rejects.toMatchObject({ code: 'COMMIT_UNKNOWN' });
        await say(1, [large, 'next']);
        const before = await listStored();
        await passTime(hour);

        expect(await room.logTexts(attemptId)).toEqual(expect.arrayContaining(['small', large]));
        expect(before).toHaveLength(outcome === 'kept' ? 1 : 2);
        expect((await listStored()).length).toBeLessThanOrEqual(2);
        expect(await listReferred()).toEqual(await listStored());
      },
    );

    test('what a killed server wrote and never told of is removed, and not before its time', async () => {
      doubt('lost');
      await say(0, [large]).catch(() => undefined);
      await room.builds.attempts.finish(attemptId, { outcome: 'success' });

      await passTime(hour - 1);
      const early = await listStored();
      await passTime(60_000);

      expect(early).toHaveLength(1);
      expect(await listStored()).toEqual([]);
    });

    test('bytes that can not be removed at once fail nobody, and go later', async () => {
      const removing = vi.spyOn(room.blobs, 'discard').mockRejectedValueOnce(new Error('away'));
      await say(0, ['zero']);

      const write = room.blobs.write.bind(room.blobs);
      vi.spyOn(room.blobs, 'write').mockImplementationOnce(async (key, options) => {
        await say(1, [large]);
        return write(key, options);
      });
      await say(1, [large]);
      const before = await listStored();
      await passTime(hour);

      expect(removing).toHaveBeenCalled();
      expect(before).toHaveLength(2);
      expect(await listReferred()).toEqual(await listStored());
      expect(await room.logTexts(attemptId)).toEqual(expect.arrayContaining(['zero', large]));
    });

    test('a segment that took so long that it was given up is written anew', async () => {
      const write = room.blobs.write.bind(room.blobs);
      vi.spyOn(room.blobs, 'write').mockImplementationOnce(async (key, options) => {
        const writer = await write(key, options);
        room.clock.advance(hour);
        const sweep = room.builds.keeper.duties.find(({ name }) => name.startsWith('remove bytes'));
        await sweep?.run(new AbortController().signal);
        return writer;
      });

      await say(0, [large]);

      expect(await room.logTexts(attemptId)).toEqual([large]);
      expect(await listReferred()).toEqual(await listStored());
    });

    test('a missing segment is told of in its place, and the rest can be read', async () => {
      await say(0, ['zero', large]);
      await say(2, ['two', large]);
      await say(4, ['four']);
      const [first = ''] = await listStored();
      await room.blobs.remove(first);

      const lost = "[2 lines are missing here: this part of the log can't be read]";
      expect(await room.logTexts(attemptId)).toEqual([lost, 'two', large, 'four']);
      expect(await read(0, 1)).toMatchObject({ lines: [{ number: 1, text: lost }], next: 2 });
      expect(await read(1, 2)).toMatchObject({ lines: [{ number: 1 }, { number: 2 }], next: 3 });
      const pieces = Readable.from(await room.builds.logs.text(room.acme, 1, { renew }));
      expect((await text(pieces)).split('\n')).toHaveLength(5);
      expect(room.logger.failures).toContainEqual(
        expect.objectContaining({ level: 'warn', fields: { key: first, firstLine: 0 } }),
      );
    });

    test('a damaged segment shows what is whole in it', async () => {
      await say(0, ['zero', 'one', 'two', large]);
      const [key = ''] = await listStored();
      const lines = (await text((await room.blobs.read(key)) as Readable)).split('\n');
      const damaged = [lines[0], '{"at":5,"phase":"lunch"}', '\u0000\u0000', lines[3]].join('\n');
      const writer = await room.blobs.write(key);
      await writer.append(Buffer.from(damaged.slice(0, -10)));
      await writer.finish();

      const { lines: shown } = await read();

      expect(shown).toMatchObject([
        { number: 0, text: 'zero' },
        {
          number: 3,
          at: 5,
          stream: 'system',
          text: expect.stringMatching(/^\[3 lines are missing/),
        },
      ]);
    });

    test('a store that fails while it is read takes no more than its part', async () => {
      await say(0, [large]);
      await say(1, ['one']);
      vi.spyOn(room.blobs, 'read').mockRejectedValue(new Error('i/o error'));

      expect(await room.logTexts(attemptId)).toEqual([
        expect.stringMatching(/^\[1 line is missing here/),
        'one',
      ]);
    });

    test('a build is followed over the place where a part is missing', async () => {
      await say(0, ['zero', large]);
      await say(2, ['two']);
      const [key = ''] = await listStored();
      await room.blobs.remove(key);
      await finish();
      const { signal } = new AbortController();

      const numbers: number[] = [];
      for await (const news of await room.builds.follow(room.acme, 1, { from: 0, signal, renew })) {
        if (news.type === 'line') numbers.push(news.line.number);
      }

      expect(numbers).toEqual([1, 2]);
    });

    async function listReferred(): Promise<readonly string[]> {
      const rows = await room.database.read((tx) => tx.all(referredKeys));
      return rows.map(({ key }) => key);
    }
  });

  test('a log can be downloaded as text', async () => {
    await say(0, ['zero', 'one']);
    await say(2, ['two']);

    expect(await text(Readable.from(await room.builds.logs.text(room.acme, 1, { renew })))).toBe(
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
