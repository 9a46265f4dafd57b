import type { Instant } from '#kernel';
import { type ReadTransaction, statement, type WriteTransaction } from '#platform/db';

export interface GroupState {
  readonly concurrency: number;
  readonly pending: number;
  readonly running: number;
}

export type JobState = 'pending' | 'leased' | 'done';

/** How a job came to be done. */
export type JobOutcome = 'finished' | 'failed' | 'withdrawn';

/** A job as it stands. */
export interface Job {
  readonly state: JobState;
  /** Leases so far. */
  readonly attempt: number;
  /** Attempts that failed. */
  readonly failures: number;
  /** What the last failure said. */
  readonly lastError: string | undefined;
  /** Of a job that is done. */
  readonly outcome: JobOutcome | undefined;
}

/** `exclusive` waits for all who hold the job, `shared` only for those who change it. */
export type JobLock = 'shared' | 'exclusive';

export interface JobPlace {
  readonly queue: string;
  readonly group: string;
}

const upsertGroup = statement<[queue: string, name: string, concurrency: number], GroupState>(
  `insert into job_group (queue, name, concurrency, pending, running, served_at)
   values (?, ?, ?, 0, 0, 0)
   on conflict (queue, name) do update set concurrency = excluded.concurrency
   returning concurrency, pending, running`,
);

/** Makes the group or renews its limit. On PostgreSQL its row stays locked until the commit. */
export async function putGroup(
  tx: WriteTransaction,
  { queue, group }: JobPlace,
  concurrency: number,
): Promise<GroupState> {
  const [state] = await tx.all(upsertGroup, queue, group, concurrency);
  if (state === undefined) throw new Error('an upsert gave no row');
  return state;
}

const selectGroup = statement<[queue: string, name: string], GroupState>(
  'select concurrency, pending, running from job_group where queue = ? and name = ?',
);

export async function readGroup(
  tx: ReadTransaction,
  { queue, group }: JobPlace,
): Promise<GroupState | undefined> {
  return tx.first(selectGroup, queue, group);
}

const insertJob = statement<
  [queue: string, group: string, lane: string, availableAt: number, payload: string],
  { id: number }
>(
  `insert into job (queue, group_name, lane, state, attempt, available_at, payload)
   values (?, ?, ?, 'pending', 0, ?, ?) returning id`,
);
const addPending = statement<[by: number, queue: string, group: string]>(
  'update job_group set pending = pending + ? where queue = ? and name = ?',
);

/** Adds a job to a group that exists. */
export async function addJob(
  tx: WriteTransaction,
  { queue, group }: JobPlace,
  job: { readonly lane: string; readonly availableAt: Instant; readonly payload: string },
): Promise<number> {
  await tx.run(addPending, 1, queue, group);
  const [row] = await tx.all(insertJob, queue, group, job.lane, job.availableAt, job.payload);
  if (row === undefined) throw new Error('an insert gave no row');
  return row.id;
}

const extend = statement<[expiresAt: Instant, id: number, attempt: number]>(
  `update job set lease_expires_at = ? where id = ? and attempt = ? and state = 'leased'`,
);

export async function extendLease(
  tx: WriteTransaction,
  { jobId, attempt }: { readonly jobId: number; readonly attempt: number },
  expiresAt: Instant,
): Promise<boolean> {
  return (await tx.run(extend, expiresAt, jobId, attempt)) > 0;
}

interface LockedJob {
  readonly state: JobState;
  readonly attempt: number;
}

const selectJob = 'select state, attempt from job where id = ?';
const readJob = statement<[id: number], LockedJob>(selectJob);
const locks: Readonly<Record<JobLock, typeof readJob>> = {
  shared: statement(`${selectJob} for share`),
  exclusive: statement(`${selectJob} for update`),
};

export async function lockJob(
  tx: WriteTransaction,
  id: number,
  lock: JobLock,
): Promise<LockedJob | undefined> {
  return tx.first(tx.dialect === 'sqlite' ? readJob : locks[lock], id);
}

interface LeftPlace {
  readonly queue: string;
  readonly group_name: string;
  readonly lane: string;
}

const leave = 'returning queue, group_name, lane';
const endJob = statement<
  [
    state: JobState,
    availableAt: Instant,
    outcome: JobOutcome | null,
    doneAt: Instant | null,
    failures: number,
    lastError: string | null,
    id: number,
    attempt: number,
  ],
  LeftPlace
>(
  `update job set state = ?, available_at = ?, outcome = ?, done_at = ?,
       failures = failures + ?, last_error = coalesce(?, last_error),
       lease_holder = null, lease_expires_at = null
   where id = ? and attempt = ? and state = 'leased' ${leave}`,
);
const countEnd = statement<[pending: number, queue: string, name: string]>(
  `update job_group set running = running - 1, pending = pending + ?
   where queue = ? and name = ?`,
);
const countLaneEnd = statement<[string, string, string]>(
  `update job_lane set running = running - 1 where queue = ? and group_name = ? and name = ?`,
);

/** What becomes of a job whose lease ends, and the failure that ended it. */
export type JobEnd = (
  | { readonly state: 'done'; readonly outcome: JobOutcome; readonly doneAt: Instant }
  | { readonly state: 'pending'; readonly availableAt: Instant }
) & { readonly error?: string };

export async function endLease(
  tx: WriteTransaction,
  { jobId, attempt }: { readonly jobId: number; readonly attempt: number },
  end: JobEnd,
): Promise<boolean> {
  const [availableAt, outcome, doneAt] =
    end.state === 'pending' ? [end.availableAt, null, null] : [0, end.outcome, end.doneAt];
  const [failures, error] = end.error === undefined ? [0, null] : [1, end.error];
  const state = [end.state, availableAt, outcome, doneAt, failures, error] as const;
  const [place] = await tx.all(endJob, ...state, jobId, attempt);
  if (place === undefined) return false;
  await tx.run(countEnd, end.state === 'pending' ? 1 : 0, place.queue, place.group_name);
  await tx.run(countLaneEnd, place.queue, place.group_name, place.lane);
  return true;
}

const withdraw = statement<[doneAt: Instant, id: number], LeftPlace>(
  `update job set state = 'done', outcome = 'withdrawn', done_at = ?
   where id = ? and state = 'pending' ${leave}`,
);
const requeue = statement<[availableAt: Instant, id: number], LeftPlace>(
  `update job set state = 'pending', available_at = ?, outcome = null, done_at = null, failures = 0
   where id = ? and state = 'done' ${leave}`,
);

export async function removePending(
  tx: WriteTransaction,
  id: number,
  doneAt: Instant,
): Promise<boolean> {
  const [place] = await tx.all(withdraw, doneAt, id);
  if (place === undefined) return false;
  await tx.run(addPending, -1, place.queue, place.group_name);
  return true;
}

export async function requeueDone(
  tx: WriteTransaction,
  id: number,
  availableAt: Instant,
): Promise<boolean> {
  const [place] = await tx.all(requeue, availableAt, id);
  if (place === undefined) return false;
  await tx.run(addPending, 1, place.queue, place.group_name);
  return true;
}

const laterJobs = `select id from job
   where queue = ? and group_name = ? and state = 'pending' and available_at > ?`;
const advance = (jobs: string) =>
  statement<[Instant, string, string, Instant]>(
    `update job set available_at = ? where id in (${jobs})`,
  );
const advanceInSqlite = advance(laterJobs);
// One that is being withdrawn is passed over: whoever withdraws it waits for our group.
const advanceInPostgres = advance(`${laterJobs} for update skip locked`);

/** Of a group that the caller has locked. */
export async function advancePending(
  tx: WriteTransaction,
  { queue, group }: JobPlace,
  availableAt: Instant,
): Promise<void> {
  const text = tx.dialect === 'sqlite' ? advanceInSqlite : advanceInPostgres;
  await tx.run(text, availableAt, queue, group, availableAt);
}

interface JobRow extends Pick<Job, 'state' | 'attempt' | 'failures'> {
  readonly lastError: string | null;
  readonly outcome: JobOutcome | null;
}

const selectJobRow = statement<[id: number], JobRow>(
  `select state, attempt, failures, last_error as "lastError", outcome from job where id = ?`,
);

export async function findJob(tx: ReadTransaction, id: number): Promise<Job | undefined> {
  const row = await tx.first(selectJobRow, id);
  return (
    row && { ...row, lastError: row.lastError ?? undefined, outcome: row.outcome ?? undefined }
  );
}

const countBefore = statement<[string, string, number], { count: number }>(
  `select count(*) as count from job
   where queue = ? and group_name = ? and state = 'pending' and id < ?`,
);

export async function countPendingBefore(
  tx: ReadTransaction,
  { queue, group }: JobPlace,
  jobId: number,
): Promise<number> {
  return (await tx.first(countBefore, queue, group, jobId))?.count ?? 0;
}

/** A lease whose holder has not been heard of for too long. */
export interface ExpiredLease {
  readonly jobId: number;
  readonly attempt: number;
  readonly failures: number;
}

const selectExpired = statement<[queue: string, now: Instant], ExpiredLease>(
  `select id as "jobId", attempt, failures from job
   where queue = ? and state = 'leased' and lease_expires_at <= ? order by lease_expires_at`,
);

export async function listExpiredLeases(
  tx: ReadTransaction,
  queue: string,
  now: Instant,
): Promise<readonly ExpiredLease[]> {
  return tx.all(selectExpired, queue, now);
}

const postpone = statement<[expiresAt: Instant, queue: string, expiresAt: Instant]>(
  `update job set lease_expires_at = ?
   where queue = ? and state = 'leased' and lease_expires_at < ?`,
);

export async function postponeExpiry(
  tx: WriteTransaction,
  queue: string,
  expiresAt: Instant,
): Promise<void> {
  await tx.run(postpone, expiresAt, queue, expiresAt);
}

const removeDone = statement<[queue: string, before: Instant, limit: number]>(
  `delete from job where id in (
     select id from job where queue = ? and done_at < ? order by done_at limit ?)`,
);

/** Gives how many were removed. */
export async function removeDoneJobs(
  tx: WriteTransaction,
  queue: string,
  { before, limit }: { readonly before: Instant; readonly limit: number },
): Promise<number> {
  return tx.run(removeDone, queue, before, limit);
}
