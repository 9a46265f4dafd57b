import type { Instant } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import type { Events } from '#platform/events';
import { deleteIdle } from './idle-store.ts';
import {
  addJob,
  advancePending,
  countPendingBefore,
  type ExpiredLease,
  endLease,
  extendLease,
  findJob,
  type GroupState,
  type Job,
  type JobEnd,
  type JobLock,
  listExpiredLeases,
  lockJob,
  postponeExpiry,
  putGroup,
  readGroup,
  removeDoneJobs,
  removePending,
  requeueDone,
} from './job-store.ts';
import { postponePending } from './postponed-job-store.ts';
import { chooseGroup, chooseJob, leaseJob } from './turn-store.ts';

/** The right to work on a job. Older attempts of the same job have none. */
export interface Lease {
  readonly jobId: number;
  readonly attempt: number;
}

export interface LeasedJob extends Lease {
  readonly payload: string;
  /** Attempts that failed before. */
  readonly failures: number;
}

export interface NewJob {
  /** Whose concurrency counts: a namespace. */
  readonly group: string;
  /** What takes turns within a group: a repository. */
  readonly lane: string;
  /** How many jobs of the group may be leased at once, from now on. */
  readonly concurrency: number;
  readonly availableAt: Instant;
  /** What whoever works on it has to know, of 64 KiB at most; empty where rows elsewhere say it. */
  readonly payload?: string;
}

export interface LeaseRequest {
  readonly holder: string;
  readonly now: Instant;
  readonly expiresAt: Instant;
}

export interface JobFailure {
  /** For people to read. */
  readonly error: string;
  readonly now: Instant;
  /** When the next attempt may begin; without it the job is done, and has failed. */
  readonly retryAt: Instant | undefined;
}

/** A failure before there was a lease. */
export interface Postponement {
  /** For people to read. */
  readonly error: string;
  readonly availableAt: Instant;
}

/**
 * One queue over the tables of jobs. Every function runs inside the caller's transaction, so that a
 * job changes together with the rows that it stands for. Several servers may use one queue at once.
 * A transaction that ends a lease locks the job, then its group; one that adds jobs locks the group.
 */
export interface JobQueue {
  readonly name: string;

  /** Throws `RangeError` for a payload that is too large. */
  enqueue(tx: WriteTransaction, job: NewJob): Promise<number>;

  /**
   * Leases the job whose turn it is: of a group with room, the one with the fewest running jobs, then
   * the one served longest ago; within it the same among its lanes; of a lane the oldest job.
   */
  leaseNext(tx: WriteTransaction, request: LeaseRequest): Promise<LeasedJob | undefined>;

  /** False: the lease has ended. */
  extend(tx: WriteTransaction, lease: Lease, expiresAt: Instant): Promise<boolean>;

  /**
   * Whether the lease still stands; it can't end before the transaction does. Ask `exclusive` before
   * ending it, `shared` where several may act under it at once.
   */
  hold(tx: WriteTransaction, lease: Lease, lock: JobLock): Promise<boolean>;

  /** Ends the lease and the job. False: the lease had ended before. */
  finish(tx: WriteTransaction, lease: Lease, now: Instant): Promise<boolean>;

  /** Ends the lease; the job waits for its next attempt. False: the lease had ended before. */
  release(tx: WriteTransaction, lease: Lease, availableAt: Instant): Promise<boolean>;

  /** Ends the lease with a failure that counts. False: the lease had ended before. */
  fail(tx: WriteTransaction, lease: Lease, failure: JobFailure): Promise<boolean>;

  /** Counts a failure of a waiting job that could not be leased, and lets it rest. False: it does not wait. */
  postpone(tx: WriteTransaction, jobId: number, failure: Postponement): Promise<boolean>;

  /** Takes a waiting job off the queue. False: it does not wait. */
  withdraw(tx: WriteTransaction, jobId: number, now: Instant): Promise<boolean>;

  /** Lets a job that is done wait for another attempt, its failures forgiven. False: it is not done. */
  requeue(tx: WriteTransaction, jobId: number, availableAt: Instant): Promise<boolean>;

  /**
   * Lets what waits in a group be leased from then on, however long it was to rest after a failure. The
   * caller has locked the group.
   */
  hasten(tx: WriteTransaction, group: string, availableAt: Instant): Promise<void>;

  /** How a job stands; `undefined` when it was removed. */
  find(tx: ReadTransaction, jobId: number): Promise<Job | undefined>;

  /** Keeps others from adding to the group until the transaction ends, and tells how it stands. */
  lockGroup(tx: WriteTransaction, group: string, concurrency: number): Promise<GroupState>;

  /** How a group stands now; `undefined` before its first job. */
  group(tx: ReadTransaction, group: string): Promise<GroupState | undefined>;

  /** How many jobs of its group wait that are older. */
  countBefore(tx: ReadTransaction, group: string, jobId: number): Promise<number>;

  listExpired(tx: ReadTransaction, now: Instant): Promise<readonly ExpiredLease[]>;

  /** Lets no lease expire before then: holders could not be heard while no server was up. */
  graceUntil(tx: WriteTransaction, expiresAt: Instant): Promise<void>;

  /** Removes some of the jobs that were done long enough ago; gives how many. */
  removeDone(tx: WriteTransaction, now: Instant, limit: number): Promise<number>;

  /** Forgets the turns of groups and lanes that were idle for a day. */
  forgetIdle(tx: WriteTransaction, now: Instant): Promise<void>;

  /** Calls the listener when there may be more to lease. Gives the function that ends it. */
  onChange(listener: () => void): () => void;
}

export interface JobQueueOptions {
  /** Of this server; without them nobody is told of changes. */
  readonly events?: Events;
  /** How long jobs are kept that are done. Without it for ever: rows elsewhere stand for them. */
  readonly keepDoneMilliseconds?: number;
}

const idleMilliseconds = 24 * 3_600_000;
const mostPayloadBytes = 64 * 1024;

export function createJobQueue(queue: string, options: JobQueueOptions = {}): JobQueue {
  const { events, keepDoneMilliseconds } = options;
  const changes = events?.topic(`jobs of ${queue}`);
  const tellIf = (hasChanged: boolean, tx: WriteTransaction) => {
    if (hasChanged) changes?.publish(tx, {});
    return hasChanged;
  };
  return {
    name: queue,
    async enqueue(tx, { group, lane, concurrency, availableAt, payload = '' }) {
      if (Buffer.byteLength(payload) > mostPayloadBytes) throw new RangeError('payload too large');
      await putGroup(tx, { queue, group }, concurrency);
      const jobId = await addJob(tx, { queue, group }, { lane, availableAt, payload });
      tellIf(true, tx);
      return jobId;
    },
    leaseNext: (tx, request) => leaseNext(tx, queue, request),
    extend: (tx, lease, expiresAt) => extendLease(tx, lease, expiresAt),
    async hold(tx, { jobId, attempt }, lock) {
      const job = await lockJob(tx, jobId, lock);
      return job?.state === 'leased' && job.attempt === attempt;
    },
    finish: async (tx, lease, now) => tellIf(await endLease(tx, lease, finished(now)), tx),
    release: async (tx, lease, availableAt) =>
      tellIf(await endLease(tx, lease, { state: 'pending', availableAt }), tx),
    fail: async (tx, lease, failure) => tellIf(await endLease(tx, lease, failed(failure)), tx),
    postpone: (tx, jobId, failure) => postponePending(tx, jobId, failure),
    withdraw: (tx, jobId, now) => removePending(tx, jobId, now),
    requeue: async (tx, jobId, availableAt) =>
      tellIf(await requeueDone(tx, jobId, availableAt), tx),
    async hasten(tx, group, availableAt) {
      await advancePending(tx, { queue, group }, availableAt);
      changes?.publish(tx, {});
    },
    find: (tx, jobId) => findJob(tx, jobId),
    lockGroup: (tx, group, concurrency) => putGroup(tx, { queue, group }, concurrency),
    group: (tx, group) => readGroup(tx, { queue, group }),
    countBefore: (tx, group, jobId) => countPendingBefore(tx, { queue, group }, jobId),
    listExpired: (tx, now) => listExpiredLeases(tx, queue, now),
    graceUntil: (tx, expiresAt) => postponeExpiry(tx, queue, expiresAt),
    async removeDone(tx, now, limit) {
      if (keepDoneMilliseconds === undefined) return 0;
      return removeDoneJobs(tx, queue, { before: now - keepDoneMilliseconds, limit });
    },
    forgetIdle: (tx, now) => deleteIdle(tx, queue, now - idleMilliseconds),
    onChange: (listener) => changes?.on(listener) ?? (() => undefined),
  };
}

async function leaseNext(
  tx: WriteTransaction,
  queue: string,
  request: LeaseRequest,
): Promise<LeasedJob | undefined> {
  const group = await chooseGroup(tx, queue, request.now);
  if (group === undefined) return undefined;
  const job = await chooseJob(tx, { queue, group }, request.now);
  if (job === undefined) return undefined;
  const attempt = await leaseJob(tx, job, request);
  return { jobId: job.id, attempt, payload: job.payload, failures: job.failures };
}

function finished(doneAt: Instant): JobEnd {
  return { state: 'done', outcome: 'finished', doneAt };
}

function failed({ error, now, retryAt }: JobFailure): JobEnd {
  if (retryAt !== undefined) return { state: 'pending', availableAt: retryAt, error };
  return { state: 'done', outcome: 'failed', doneAt: now, error };
}
