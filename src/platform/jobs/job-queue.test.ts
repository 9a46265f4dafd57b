import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestClock } from '#kernel/testing';
import { systemIds } from '#platform/crypto';
import type { Database, WriteTransaction } from '#platform/db';
import { openTestDatabase, testDialects } from '#platform/db/testing';
import { Events } from '#platform/events';
import { silentLogger } from '#platform/telemetry';
import { createJobQueue, type Lease, type LeasedJob } from './job-queue.ts';
import { jobsMigrations } from './jobs-migrations.ts';

const queue = createJobQueue('test');

describe.each(testDialects)('a job queue in %s', (dialect) => {
  let database: Database;
  beforeEach(async () => {
    database = await openTestDatabase(dialect, jobsMigrations);
  });
  afterEach(async () => {
    await database[Symbol.asyncDispose]();
  });

  const inside = <Result>(work: (tx: WriteTransaction) => Promise<Result>) =>
    database.transact(work);
  const add = (group: string, lane = 'lane', concurrency = 2) =>
    inside((tx) => queue.enqueue(tx, { group, lane, concurrency, availableAt: 0 }));
  const lease = (now = 10) =>
    inside((tx) => queue.leaseNext(tx, { holder: 'worker', now, expiresAt: now + 100 }));
  const find = (jobId: number) => database.read((tx) => queue.find(tx, jobId));
  const mustLease = async (now?: number): Promise<LeasedJob> => {
    const leased = await lease(now);
    if (leased === undefined) throw new Error('nothing was leased');
    return leased;
  };

  test('the oldest job is leased first, once', async () => {
    const first = await add('a');
    const second = await add('a');

    const leased = [await lease(), await lease(), await lease()];

    expect(leased).toEqual([
      { jobId: first, attempt: 1, payload: '', failures: 0 },
      { jobId: second, attempt: 1, payload: '', failures: 0 },
      undefined,
    ]);
  });

  test('AUT-17 no more jobs of a group are leased than may run at once', async () => {
    for (let count = 0; count < 7; count += 1) await add('a', 'lane', 5);

    const leased = [];
    for (let count = 0; count < 7; count += 1) leased.push(await lease());

    expect(leased.filter((each) => each !== undefined)).toHaveLength(5);
    expect(await database.read((tx) => queue.group(tx, 'a'))).toEqual({
      concurrency: 5,
      pending: 2,
      running: 5,
    });
  });

  test('AUT-18 a place that becomes free goes to the next job', async () => {
    await add('a', 'lane', 1);
    const waiting = await add('a', 'lane', 1);
    const running = await mustLease();

    const before = await lease();
    await inside((tx) => queue.finish(tx, running, 10));

    expect(before).toBeUndefined();
    expect(await lease()).toMatchObject({ jobId: waiting, attempt: 1 });
  });

  test('what rests in a group can be hastened, and nothing else is', async () => {
    const wait = (group: string) =>
      inside((tx) => queue.enqueue(tx, { group, lane: 'x', concurrency: 2, availableAt: 1_000 }));
    const jobs = [await wait('a'), await wait('a')];
    await wait('b');

    await inside(async (tx) => {
      await queue.lockGroup(tx, 'a', 2);
      await queue.hasten(tx, 'a', 10);
    });

    const leased = [await lease(10), await lease(10), await lease(10)];
    expect(leased.map((each) => each?.jobId)).toEqual([...jobs, undefined]);
  });

  test('groups take turns, and so do lanes', async () => {
    const jobs = {
      a1: await add('a', 'x', 9),
      a2: await add('a', 'x', 9),
      a3: await add('a', 'y', 9),
      b1: await add('b', 'x', 9),
    };

    const order = [];
    for (let now = 1; now <= 4; now += 1) order.push((await mustLease(now)).jobId);

    expect(order).toEqual([jobs.a1, jobs.b1, jobs.a3, jobs.a2]);
  });

  test('a job that is not available yet keeps nobody else waiting', async () => {
    await inside((tx) =>
      queue.enqueue(tx, { group: 'a', lane: 'x', concurrency: 1, availableAt: 50 }),
    );
    const ready = await add('b');

    expect(await lease(10)).toMatchObject({ jobId: ready, attempt: 1 });
    expect(await lease(10)).toBeUndefined();
    expect(await lease(50)).toBeDefined();
  });

  test('a released job is tried again under a higher attempt, and the old lease is powerless', async () => {
    const jobId = await add('a');
    const old = await mustLease();
    await inside((tx) => queue.release(tx, old, 0));
    const fresh = await mustLease();

    const powers = await inside(async (tx) => [
      await queue.hold(tx, old, 'exclusive'),
      await queue.extend(tx, old, 500),
      await queue.finish(tx, old, 10),
      await queue.hold(tx, fresh, 'shared'),
    ]);

    expect(fresh).toMatchObject({ jobId, attempt: 2 });
    expect(powers).toEqual([false, false, false, true]);
  });

  test('a job that is done can be queued again', async () => {
    const jobId = await add('a');
    const first = await mustLease();
    await inside((tx) => queue.finish(tx, first, 10));

    const requeued = await inside((tx) => queue.requeue(tx, jobId, 0));

    expect(requeued).toBe(true);
    expect(await lease()).toMatchObject({ jobId, attempt: 2 });
  });

  test('a waiting job can be withdrawn, a leased one can not', async () => {
    const leasedId = await add('a');
    const waitingId = await add('a');
    await mustLease();

    const withdrawn = await inside(async (tx) => [
      await queue.withdraw(tx, leasedId, 10),
      await queue.withdraw(tx, waitingId, 10),
    ]);

    expect(withdrawn).toEqual([false, true]);
    expect(await database.read((tx) => queue.group(tx, 'a'))).toMatchObject({
      pending: 0,
      running: 1,
    });
  });

  test('leases expire unless they are extended or given grace', async () => {
    await add('a');
    await add('a');
    const [first, second] = [await mustLease(10), await mustLease(20)];
    const expired = (now: number) => database.read((tx) => queue.listExpired(tx, now));

    await inside((tx) => queue.extend(tx, first, 300));
    const early = await expired(120);
    await inside((tx) => queue.graceUntil(tx, 200));

    const numbers = (leases: readonly Lease[]) => leases.map(({ jobId }) => jobId);
    expect(early).toEqual([{ jobId: second.jobId, attempt: 1, failures: 0 }]);
    expect(await expired(199)).toEqual([]);
    expect(numbers(await expired(300))).toEqual([second.jobId, first.jobId]);
  });

  test('a job brings its payload to every attempt', async () => {
    const place = { group: 'a', lane: 'x', concurrency: 1, availableAt: 0 };
    await inside((tx) => queue.enqueue(tx, { ...place, payload: '{"über":"\u{1f433}"}' }));

    const first = await mustLease();
    await inside((tx) => queue.release(tx, first, 0));

    expect([first.payload, (await mustLease()).payload]).toEqual([
      '{"über":"\u{1f433}"}',
      '{"über":"\u{1f433}"}',
    ]);
  });

  test('a payload that is no payload any more is refused', async () => {
    const place = { group: 'a', lane: 'x', concurrency: 1, availableAt: 0 };
    const payload = 'ü'.repeat(32 * 1024 + 1);

    const enqueuing = inside((tx) => queue.enqueue(tx, { ...place, payload }));

    await expect(enqueuing).rejects.toThrow(RangeError);
  });

  test('a failure is counted and kept, and the job waits until it is time', async () => {
    const jobId = await add('a');
    const first = await mustLease(10);

    await inside((tx) => queue.fail(tx, first, { error: 'no answer', now: 20, retryAt: 50 }));
    const early = await lease(49);
    const second = await mustLease(50);

    expect(early).toBeUndefined();
    expect(second).toMatchObject({ jobId, attempt: 2, failures: 1 });
    expect(await find(jobId)).toEqual({
      state: 'leased',
      attempt: 2,
      failures: 1,
      lastError: 'no answer',
      outcome: undefined,
    });
  });

  test('a job that fails for good is done, and its group has room again', async () => {
    const jobId = await add('a', 'lane', 1);
    const leased = await mustLease();

    await inside((tx) => queue.fail(tx, leased, { error: 'gone', now: 20, retryAt: undefined }));

    expect(await find(jobId)).toMatchObject({
      state: 'done',
      outcome: 'failed',
      lastError: 'gone',
      failures: 1,
    });
    expect(await database.read((tx) => queue.group(tx, 'a'))).toMatchObject({
      pending: 0,
      running: 0,
    });
    expect(await lease()).toBeUndefined();
  });

  test('a job that is queued again has its failures forgiven, and what the last one said is kept', async () => {
    const jobId = await add('a');
    const leased = await mustLease();
    await inside((tx) => queue.fail(tx, leased, { error: 'gone', now: 20, retryAt: undefined }));

    await inside((tx) => queue.requeue(tx, jobId, 0));

    expect(await find(jobId)).toEqual({
      state: 'pending',
      attempt: 1,
      failures: 0,
      lastError: 'gone',
      outcome: undefined,
    });
  });

  test('an old lease can not fail the job', async () => {
    const jobId = await add('a');
    const old = await mustLease();
    await inside((tx) => queue.release(tx, old, 0));
    await mustLease();

    const failed = await inside((tx) => queue.fail(tx, old, { error: 'x', now: 1, retryAt: 2 }));

    expect(failed).toBe(false);
    expect(await find(jobId)).toMatchObject({ state: 'leased', failures: 0, lastError: undefined });
  });

  test('jobs that are done are removed when their time is over, in steps', async () => {
    const forgetful = createJobQueue('test', { keepDoneMilliseconds: 100 });
    const ids = [await add('a'), await add('a'), await add('a'), await add('a')];
    const [finished, failed] = [await mustLease(), await mustLease()];
    await inside((tx) => forgetful.finish(tx, finished, 10));
    await inside((tx) => forgetful.fail(tx, failed, { error: 'x', now: 20, retryAt: undefined }));
    await inside((tx) => forgetful.withdraw(tx, ids[2] ?? 0, 30));
    const remove = (now: number, limit: number) =>
      inside((tx) => forgetful.removeDone(tx, now, limit));

    const removed = [await remove(110, 9), await remove(131, 2), await remove(131, 2)];
    const left = await Promise.all(ids.map(find));

    expect(removed).toEqual([0, 2, 1]);
    expect(left.map((job) => job?.state)).toEqual([undefined, undefined, undefined, 'pending']);
  });

  test('jobs of a queue that keeps them are never removed', async () => {
    await add('a');
    const leased = await mustLease();
    await inside((tx) => queue.finish(tx, leased, 10));

    const removed = await inside((tx) => queue.removeDone(tx, Number.MAX_SAFE_INTEGER, 9));

    expect(removed).toBe(0);
    expect(await find(leased.jobId)).toMatchObject({ state: 'done', outcome: 'finished' });
  });

  test('groups and lanes are forgotten a day after they were served last, unless something is in them', async () => {
    const day = 24 * 3_600_000;
    for (const group of ['done', 'waiting', 'running', 'recent']) await add(group);
    const served: Record<string, Lease> = {};
    for (const group of ['done', 'recent', 'running']) {
      const leased = await mustLease(group === 'recent' ? 1_000 : 10);
      served[group] = leased;
    }
    const groups = () =>
      database.read((tx) =>
        Promise.all(
          ['done', 'recent', 'running', 'waiting'].map(async (group) =>
            (await queue.group(tx, group)) === undefined ? [] : [group],
          ),
        ),
      );
    for (const group of ['done', 'recent']) {
      const { jobId = 0, attempt = 0 } = served[group] ?? {};
      await inside((tx) => queue.finish(tx, { jobId, attempt }, 20));
    }

    await inside((tx) => queue.forgetIdle(tx, day + 11));
    const left = (await groups()).flat();
    const again = await add('done');

    expect(left).toEqual(['recent', 'running', 'waiting']);
    expect([(await mustLease()).jobId, (await mustLease()).jobId]).toContain(again);
  });

  test('who listens is told whenever there may be more to lease', async () => {
    const events = new Events({
      database,
      ids: systemIds,
      clock: new TestClock(),
      logger: silentLogger,
    });
    const told = createJobQueue('test', { events });
    let count = 0;
    const stop = told.onChange(() => {
      count += 1;
    });
    const counts: number[] = [];
    const step = async (work: (tx: WriteTransaction) => Promise<unknown>) => {
      await inside(work);
      counts.push(count);
    };
    const place = { group: 'a', lane: 'x', concurrency: 9, availableAt: 0 };

    await step((tx) => told.enqueue(tx, place));
    const leased = await mustLease();
    await step((tx) => told.extend(tx, leased, 500));
    await step((tx) => told.release(tx, leased, 0));
    await step((tx) => told.finish(tx, leased, 10));
    const again = await mustLease();
    await step((tx) => told.fail(tx, again, { error: 'x', now: 10, retryAt: undefined }));
    await step((tx) => told.requeue(tx, again.jobId, 0));
    await step((tx) => told.withdraw(tx, again.jobId, 10));
    stop();
    await step((tx) => told.enqueue(tx, place));

    expect(counts).toEqual([1, 1, 2, 2, 3, 4, 4, 4]);
  });

  test('AUT-17 the limit holds when many lease and finish at once', async () => {
    for (const group of ['a', 'b', 'c']) {
      for (let count = 0; count < 8; count += 1) await add(group, `lane-${count % 2}`, 2);
    }
    const running = new Map<number, string>();
    let most = 0;
    let served = 0;

    const work = async () => {
      for (;;) {
        const leased = await lease();
        if (leased === undefined && served + running.size >= 24) return;
        if (leased === undefined) continue;
        expect(running.has(leased.jobId)).toBe(false);
        running.set(leased.jobId, 'running');
        const states = await database.read((tx) =>
          Promise.all(['a', 'b', 'c'].map((group) => queue.group(tx, group))),
        );
        most = Math.max(most, ...states.map((state) => state?.running ?? 0));
        running.delete(leased.jobId);
        served += 1;
        await inside((tx) => queue.finish(tx, leased, 10));
      }
    };
    await Promise.all(Array.from({ length: 6 }, work));

    expect(served).toBe(24);
    expect(most).toBeLessThanOrEqual(2);
  });
});
