import type { Instant } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import {
  addJob,
  chooseGroup,
  chooseJob,
  countPendingBefore,
  endLease,
  extendLease,
  type GroupState,
  type JobLock,
  leaseJob,
  listExpiredLeases,
  lockJob,
  postponeExpiry,
  putGroup,
  readGroup,
  removePending,
  requeueDone,
} from './job-store.ts';

/** The right to work on a job. Older attempts of the same job have none. */
export interface Lease {
  readonly jobId: number;
  readonly attempt: number;
}

export interface NewJob {
  /** Whose concurrency counts: a namespace. */
  readonly group: string;
  /** What takes turns within a group: a repository. */
  readonly lane: string;
  /** How many jobs of the group may be leased at once, from now on. */
  readonly concurrency: number;
  readonly availableAt: Instant;
}

export interface LeaseRequest {
  readonly holder: string;
  readonly now: Instant;
  readonly expiresAt: Instant;
}

/**
 * One queue over the tables of jobs. Every function runs inside the caller's transaction, so that a
 * job changes together with the rows that it stands for. Several servers may use one queue at once.
 * A transaction that ends a lease locks the job, then its group; one that adds jobs locks the group.
 */
export interface JobQueue {
  enqueue(tx: WriteTransaction, job: NewJob): Promise<number>;

  /**
   * Leases the job whose turn it is: of a group with room, the one with the fewest running jobs, then
   * the one served longest ago; within it the same among its lanes; of a lane the oldest job.
   */
  leaseNext(tx: WriteTransaction, request: LeaseRequest): Promise<Lease | undefined>;

  /** False: the lease has ended. */
  extend(tx: WriteTransaction, lease: Lease, expiresAt: Instant): Promise<boolean>;

  /**
   * Whether the lease still stands; it can't end before the transaction does. Ask `exclusive` before
   * ending it, `shared` where several may act under it at once.
   */
  hold(tx: WriteTransaction, lease: Lease, lock: JobLock): Promise<boolean>;

  /** Ends the lease and the job. False: the lease had ended before. */
  finish(tx: WriteTransaction, lease: Lease): Promise<boolean>;

  /** Ends the lease; the job waits for its next attempt. False: the lease had ended before. */
  release(tx: WriteTransaction, lease: Lease, availableAt: Instant): Promise<boolean>;

  /** Takes a waiting job off the queue. False: it does not wait. */
  withdraw(tx: WriteTransaction, jobId: number): Promise<boolean>;

  /** Lets a job that is done wait for another attempt. False: it is not done. */
  requeue(tx: WriteTransaction, jobId: number, availableAt: Instant): Promise<boolean>;

  /** Keeps others from adding to the group until the transaction ends, and tells how it stands. */
  lockGroup(tx: WriteTransaction, group: string, concurrency: number): Promise<GroupState>;

  /** How a group stands now; `undefined` before its first job. */
  group(tx: ReadTransaction, group: string): Promise<GroupState | undefined>;

  /** How many jobs of its group wait that are older. */
  countBefore(tx: ReadTransaction, group: string, jobId: number): Promise<number>;

  listExpired(tx: ReadTransaction, now: Instant): Promise<readonly Lease[]>;

  /** Lets no lease expire before then: holders could not be heard while no server was up. */
  graceUntil(tx: WriteTransaction, expiresAt: Instant): Promise<void>;
}

export function createJobQueue(queue: string): JobQueue {
  return {
    async enqueue(tx, { group, lane, concurrency, availableAt }) {
      await putGroup(tx, { queue, group }, concurrency);
      return addJob(tx, { queue, group }, { lane, availableAt });
    },
    leaseNext: (tx, request) => leaseNext(tx, queue, request),
    extend: (tx, lease, expiresAt) => extendLease(tx, lease, expiresAt),
    async hold(tx, { jobId, attempt }, lock) {
      const job = await lockJob(tx, jobId, lock);
      return job?.state === 'leased' && job.attempt === attempt;
    },
    finish: (tx, lease) => endLease(tx, lease, { state: 'done' }),
    release: (tx, lease, availableAt) => endLease(tx, lease, { state: 'pending', availableAt }),
    withdraw: (tx, jobId) => removePending(tx, jobId),
    requeue: (tx, jobId, availableAt) => requeueDone(tx, jobId, availableAt),
    lockGroup: (tx, group, concurrency) => putGroup(tx, { queue, group }, concurrency),
    group: (tx, group) => readGroup(tx, { queue, group }),
    countBefore: (tx, group, jobId) => countPendingBefore(tx, { queue, group }, jobId),
    listExpired: (tx, now) => listExpiredLeases(tx, queue, now),
    graceUntil: (tx, expiresAt) => postponeExpiry(tx, queue, expiresAt),
  };
}

async function leaseNext(
  tx: WriteTransaction,
  queue: string,
  request: LeaseRequest,
): Promise<Lease | undefined> {
  const group = await chooseGroup(tx, queue, request.now);
  if (group === undefined) return undefined;
  const job = await chooseJob(tx, { queue, group }, request.now);
  return job && leaseJob(tx, job, request);
}
