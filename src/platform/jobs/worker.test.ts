import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestClock } from '#kernel/testing';
import { systemIds } from '#platform/crypto';
import type { Database } from '#platform/db';
import { openTestDatabase, testDialects } from '#platform/db/testing';
import { Events } from '#platform/events';
import { RecordingLogger } from '#platform/telemetry/testing';
import {
  createJobQueue,
  type JobQueue,
  jobsMigrations,
  type RunningJob,
  Worker,
  type WorkerOptions,
} from './index.ts';

const seconds = 1000;
const retry = {
  firstMilliseconds: 5 * seconds,
  longestMilliseconds: 60 * seconds,
  mostFailures: 3,
};

type Handle = WorkerOptions['handle'];

describe.each(testDialects)('a worker in %s', (dialect) => {
  let database: Database;
  let clock: TestClock;
  let logger: RecordingLogger;
  let queue: JobQueue;
  let workers: AsyncDisposableStack;
  beforeEach(async () => {
    database = await openTestDatabase(dialect, jobsMigrations);
    clock = new TestClock();
    logger = new RecordingLogger();
    queue = openQueue();
    workers = new AsyncDisposableStack();
  });
  afterEach(async () => {
    await workers.disposeAsync();
    await database[Symbol.asyncDispose]();
  });

  /** The queue as one server has it. */
  const openQueue = () =>
    createJobQueue('test', {
      events: new Events({ database, ids: systemIds, clock, logger }),
      keepDoneMilliseconds: 3_600 * seconds,
    });
  const start = (handle: Handle, options: Partial<WorkerOptions> = {}) =>
    workers.use(
      new Worker({
        queue,
        database,
        clock,
        logger,
        retry,
        holder: 'server-1',
        concurrency: 4,
        handle,
        ...options,
      }),
    );
  const add = (payload = '', availableAt = 0) =>
    database.transact((tx) =>
      queue.enqueue(tx, { group: 'all', lane: 'all', concurrency: 100, availableAt, payload }),
    );
  const find = (jobId: number) => database.read((tx) => queue.find(tx, jobId));
  const outcomeOf = (jobId: number) => find(jobId).then((job) => job?.outcome);

  /** Work that lasts until the test ends it. */
  const heldWork = () => {
    const jobs: RunningJob[] = [];
    const ends: PromiseWithResolvers<void>[] = [];
    const handle: Handle = (job) => {
      const end = Promise.withResolvers<void>();
      jobs.push(job);
      ends.push(end);
      return end.promise;
    };
    return { jobs, ends, handle };
  };
  /** Work that stops as soon as it is told to. */
  const interruptible =
    (jobs: RunningJob[]): Handle =>
    (job) => {
      jobs.push(job);
      return clock.sleep(3_600 * seconds, job.signal);
    };

  test('does what waits and what comes, each job once', async () => {
    const done: string[] = [];
    const first = await add('first');

    start(async ({ payload }) => void done.push(payload));
    await expect.poll(() => outcomeOf(first)).toBe('finished');
    const second = await add('second');
    await expect.poll(() => outcomeOf(second)).toBe('finished');

    expect(done).toEqual(['first', 'second']);
    expect(logger.failures).toEqual([]);
  });

  test('finds by itself what nobody told it of', async () => {
    const done: string[] = [];
    start(async ({ payload }) => void done.push(payload));
    await clock.awaited(1 * seconds);
    await add('later', clock.now() + 500);
    await new Promise((resolve) => setImmediate(resolve));
    const early = [...done];

    await clock.awaited(1 * seconds);
    clock.advance(1 * seconds);

    await expect.poll(() => done).toEqual(['later']);
    expect(early).toEqual([]);
  });

  test('works on no more jobs at once than it may', async () => {
    const { jobs, ends, handle } = heldWork();
    for (const payload of ['a', 'b', 'c']) await add(payload);

    start(handle, { concurrency: 2 });
    await expect.poll(() => jobs).toHaveLength(2);
    await clock.awaited(1 * seconds);
    const before = jobs.length;
    ends[0]?.resolve();
    await expect.poll(() => jobs).toHaveLength(3);
    for (const end of ends) end.resolve();

    expect(before).toBe(2);
  });

  test('tries a job that throws again, after longer pauses, until it has had enough', async () => {
    const attempts: number[] = [];
    const jobId = await add();

    start(async ({ attempt }) => {
      attempts.push(attempt);
      throw new Error(`attempt ${attempt} got no answer\0`);
    });
    for (const pause of [5 * seconds, 10 * seconds]) {
      await expect.poll(() => find(jobId)).toMatchObject({ state: 'pending' });
      await clock.awaited(1 * seconds);
      clock.advance(pause - 1);
      await clock.awaited(1 * seconds);
      clock.advance(1 * seconds);
    }
    await expect.poll(() => outcomeOf(jobId)).toBe('failed');

    expect(attempts).toEqual([1, 2, 3]);
    expect(await find(jobId)).toMatchObject({ failures: 3, lastError: 'attempt 3 got no answer' });
    expect(logger.failures.map(({ level, message }) => [level, message])).toEqual([
      ['warn', 'a job failed; it is tried again'],
      ['warn', 'a job failed; it is tried again'],
      ['error', 'a job has failed for good'],
    ]);
  });

  test('goes on with the others when one throws', async () => {
    const bad = await add('bad');
    const good = await add('good');

    start(
      async ({ payload }) => {
        if (payload === 'bad') throw new Error('bad');
      },
      { concurrency: 1 },
    );

    await expect.poll(() => outcomeOf(good)).toBe('finished');
    expect(await find(bad)).toMatchObject({ state: 'pending', lastError: 'bad' });
  });

  test('leaves the end to work that has ended the job itself, with what it wrote', async () => {
    const jobId = await add();

    start((job) =>
      database.transact(async (tx) => {
        await queue.fail(tx, job, { error: '410 Gone', now: clock.now(), retryAt: undefined });
      }),
    );

    await expect.poll(() => outcomeOf(jobId)).toBe('failed');
    expect(await find(jobId)).toMatchObject({ failures: 1, lastError: '410 Gone' });
    expect(logger.failures).toEqual([]);
  });

  test('keeps the lease for as long as the work lasts', async () => {
    const { jobs, ends, handle } = heldWork();
    const jobId = await add();
    start(handle);
    await expect.poll(() => jobs).toHaveLength(1);

    for (let step = 0; step < 6; step += 1) {
      await clock.awaited(10 * seconds);
      clock.advance(10 * seconds);
    }
    await clock.awaited(10 * seconds);
    const before = await find(jobId);
    ends[0]?.resolve();
    await expect.poll(() => outcomeOf(jobId)).toBe('finished');

    expect(before).toMatchObject({ state: 'leased', attempt: 1 });
    expect(jobs).toHaveLength(1);
  });

  test('interrupts work whose lease is lost, and leaves the job to whoever has it', async () => {
    const jobs: RunningJob[] = [];
    const jobId = await add();
    start(interruptible(jobs), { concurrency: 1 });
    await expect.poll(() => jobs).toHaveLength(1);
    const [job] = jobs;
    if (job === undefined) throw new Error('no job runs');
    await clock.awaited(10 * seconds);

    await database.transact((tx) => queue.release(tx, job, Number.MAX_SAFE_INTEGER));
    clock.advance(10 * seconds);
    await expect.poll(() => job.signal.aborted).toBe(true);

    expect(await find(jobId)).toMatchObject({ state: 'pending', failures: 0 });
  });

  test('gives back at its end what it can not finish, without a failure', async () => {
    const jobs: RunningJob[] = [];
    const jobId = await add();
    const worker = start(interruptible(jobs));
    await expect.poll(() => jobs).toHaveLength(1);

    await worker[Symbol.asyncDispose]();

    expect(await find(jobId)).toMatchObject({ state: 'pending', attempt: 1, failures: 0 });
    expect(logger.failures).toEqual([]);
  });

  test('waits at its end for work that finishes, and begins no more', async () => {
    const { jobs, ends, handle } = heldWork();
    const jobId = await add('runs');
    const worker = start(handle, { concurrency: 1 });
    await expect.poll(() => jobs).toHaveLength(1);
    const next = await add('waits');

    const stopping = worker[Symbol.asyncDispose]();
    await expect.poll(() => jobs[0]?.signal.aborted).toBe(true);
    ends[0]?.resolve();
    await stopping;

    expect(await outcomeOf(jobId)).toBe('finished');
    expect(await find(next)).toMatchObject({ state: 'pending', attempt: 0 });
  });

  test('takes up a job whose worker was lost, and counts it as a failure', async () => {
    const jobId = await add();
    const now = clock.now();
    await database.transact((tx) =>
      queue.leaseNext(tx, { holder: 'dead', now, expiresAt: now + 30 * seconds }),
    );
    const attempts: number[] = [];
    start(async ({ attempt }) => void attempts.push(attempt));

    await clock.awaited(5 * seconds);
    clock.advance(30 * seconds);
    await expect.poll(() => find(jobId)).toMatchObject({ state: 'pending' });
    await clock.awaited(1 * seconds);
    clock.advance(5 * seconds);
    await expect.poll(() => outcomeOf(jobId)).toBe('finished');

    expect(attempts).toEqual([2]);
    expect(await find(jobId)).toMatchObject({
      failures: 1,
      lastError: 'the server that worked on it was lost',
    });
  });

  test('removes jobs that were done an hour ago', async () => {
    const jobId = await add();
    start(async () => undefined);
    await expect.poll(() => outcomeOf(jobId)).toBe('finished');
    await clock.awaited(600 * seconds);

    clock.advance(3_601 * seconds);

    await expect.poll(() => find(jobId)).toBeUndefined();
  });

  test('never works on a job that another works on', async () => {
    const running = new Set<string>();
    const done: string[] = [];
    const handle: Handle = async ({ payload }) => {
      expect(running.has(payload)).toBe(false);
      running.add(payload);
      await database.read((tx) => queue.group(tx, 'all'));
      running.delete(payload);
      done.push(payload);
    };
    const payloads = Array.from({ length: 40 }, (_, number) => `${number}`);
    const jobIds: number[] = [];
    for (const payload of payloads) jobIds.push(await add(payload));

    for (const holder of ['server-1', 'server-2', 'server-3']) {
      start(handle, { holder, queue: openQueue() });
    }
    await expect
      .poll(async () => {
        const outcomes = await Promise.all(jobIds.map(outcomeOf));
        return outcomes.filter((outcome) => outcome === 'finished').length;
      })
      .toBe(40);

    expect(done.toSorted()).toEqual(payloads.toSorted());
  });
});
