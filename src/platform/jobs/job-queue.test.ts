import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Database, WriteTransaction } from '#platform/db';
import { openTestDatabase, testDialects } from '#platform/db/testing';
import { createJobQueue, type Lease } from './job-queue.ts';
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
  const mustLease = async (now?: number): Promise<Lease> => {
    const leased = await lease(now);
    if (leased === undefined) throw new Error('nothing was leased');
    return leased;
  };

  test('the oldest job is leased first, once', async () => {
    const first = await add('a');
    const second = await add('a');

    const leased = [await lease(), await lease(), await lease()];

    expect(leased).toEqual([
      { jobId: first, attempt: 1 },
      { jobId: second, attempt: 1 },
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
    await inside((tx) => queue.finish(tx, running));

    expect(before).toBeUndefined();
    expect(await lease()).toEqual({ jobId: waiting, attempt: 1 });
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

    expect(await lease(10)).toEqual({ jobId: ready, attempt: 1 });
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
      await queue.finish(tx, old),
      await queue.hold(tx, fresh, 'shared'),
    ]);

    expect(fresh).toEqual({ jobId, attempt: 2 });
    expect(powers).toEqual([false, false, false, true]);
  });

  test('a job that is done can be queued again', async () => {
    const jobId = await add('a');
    const first = await mustLease();
    await inside((tx) => queue.finish(tx, first));

    const requeued = await inside((tx) => queue.requeue(tx, jobId, 0));

    expect(requeued).toBe(true);
    expect(await lease()).toEqual({ jobId, attempt: 2 });
  });

  test('a waiting job can be withdrawn, a leased one can not', async () => {
    const leasedId = await add('a');
    const waitingId = await add('a');
    await mustLease();

    const withdrawn = await inside(async (tx) => [
      await queue.withdraw(tx, leasedId),
      await queue.withdraw(tx, waitingId),
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

    expect(early).toEqual([second]);
    expect(await expired(199)).toEqual([]);
    expect(await expired(300)).toEqual([second, first]);
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
        await inside((tx) => queue.finish(tx, leased));
      }
    };
    await Promise.all(Array.from({ length: 6 }, work));

    expect(served).toBe(24);
    expect(most).toBeLessThanOrEqual(2);
  });
});
