import type { Instant } from '#kernel';
import { type ReadTransaction, statement, type WriteTransaction } from '#platform/db';

export interface GroupState {
  readonly concurrency: number;
  readonly pending: number;
  readonly running: number;
}

export type JobState = 'pending' | 'leased' | 'done';

/** `exclusive` waits for all who hold the job, `shared` only for those who change it. */
export type JobLock = 'shared' | 'exclusive';

interface JobPlace {
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
  [queue: string, group: string, lane: string, availableAt: number],
  { id: number }
>(
  `insert into job (queue, group_name, lane, state, attempt, available_at)
   values (?, ?, ?, 'pending', 0, ?) returning id`,
);
const addPending = statement<[by: number, queue: string, group: string]>(
  'update job_group set pending = pending + ? where queue = ? and name = ?',
);

/** Adds a job to a group that exists. */
export async function addJob(
  tx: WriteTransaction,
  { queue, group }: JobPlace,
  job: { readonly lane: string; readonly availableAt: Instant },
): Promise<number> {
  await tx.run(addPending, 1, queue, group);
  const [row] = await tx.all(insertJob, queue, group, job.lane, job.availableAt);
  if (row === undefined) throw new Error('an insert gave no row');
  return row.id;
}

/*
 * The group is chosen and locked first, by counters in its own row: under READ COMMITTED a count of
 * leased jobs would be taken from the snapshot in which the statement began, and two servers that
 * lease at once would both find the last free place. A row that was locked is read again as it is
 * now, so the limit holds. SKIP LOCKED lets servers serve different groups side by side; where only
 * busy groups are left, the second text waits for them instead of finding nothing to do. The partial
 * index gives groups in the order of their turn and full ones are passed over, so nothing is sorted.
 *
 * Measured with 1,000 groups of 30 waiting jobs each, commit included: SQLite 0.4 ms a lease;
 * PostgreSQL 15 2.7 ms, of which a bare commit is 2.0. Before PostgreSQL's first ANALYZE of the tables
 * it takes the jobs first and sorts the groups: 9 ms.
 */
const chooseGroupText = `select g.name from job_group g
   where g.queue = ? and g.pending > 0 and g.running < g.concurrency
     and exists (select 1 from job j where j.queue = g.queue and j.group_name = g.name
                   and j.state = 'pending' and j.available_at <= ?)
   order by g.running, g.served_at, g.name limit 1`;
const chooseGroupInSqlite = statement<[string, Instant], { name: string }>(chooseGroupText);
const chooseFreeGroup = statement<[string, Instant], { name: string }>(
  `${chooseGroupText} for update of g skip locked`,
);
const chooseBusyGroup = statement<[string, Instant], { name: string }>(
  `${chooseGroupText} for update of g`,
);

/** The group whose turn it is, locked until the commit. */
export async function chooseGroup(
  tx: WriteTransaction,
  queue: string,
  now: Instant,
): Promise<string | undefined> {
  if (tx.dialect === 'sqlite') return (await tx.first(chooseGroupInSqlite, queue, now))?.name;
  const free = await tx.first(chooseFreeGroup, queue, now);
  return (free ?? (await tx.first(chooseBusyGroup, queue, now)))?.name;
}

export interface ChosenJob extends JobPlace {
  readonly id: number;
  readonly lane: string;
  readonly attempt: number;
}

type ChosenRow = Pick<ChosenJob, 'id' | 'lane' | 'attempt'>;

const chooseJobText = `select j.id, j.lane, j.attempt from job j
   left join job_lane l on l.queue = j.queue and l.group_name = j.group_name and l.name = j.lane
   where j.queue = ? and j.group_name = ? and j.state = 'pending' and j.available_at <= ?
   order by coalesce(l.running, 0), coalesce(l.served_at, 0), j.id limit 1`;
const chooseJobInSqlite = statement<[string, string, Instant], ChosenRow>(chooseJobText);
// A job that is being withdrawn is passed over: whoever withdraws it waits for our group.
const chooseJobInPostgres = statement<[string, string, Instant], ChosenRow>(
  `${chooseJobText} for update of j skip locked`,
);

/** The job whose turn it is in a group that the caller has locked. */
export async function chooseJob(
  tx: WriteTransaction,
  { queue, group }: JobPlace,
  now: Instant,
): Promise<ChosenJob | undefined> {
  const text = tx.dialect === 'sqlite' ? chooseJobInSqlite : chooseJobInPostgres;
  const row = await tx.first(text, queue, group, now);
  return row && { ...row, queue, group };
}

const markLeased = statement<[attempt: number, holder: string, expiresAt: Instant, id: number]>(
  `update job set state = 'leased', attempt = ?, lease_holder = ?, lease_expires_at = ?
   where id = ?`,
);
const countStart = statement<[servedAt: Instant, queue: string, name: string]>(
  `update job_group set pending = pending - 1, running = running + 1, served_at = ?
   where queue = ? and name = ?`,
);
const countLaneStart = statement<[string, string, string, Instant]>(
  `insert into job_lane (queue, group_name, name, running, served_at) values (?, ?, ?, 1, ?)
   on conflict (queue, group_name, name) do update
   set running = job_lane.running + 1, served_at = excluded.served_at`,
);

export async function leaseJob(
  tx: WriteTransaction,
  job: ChosenJob,
  lease: { readonly holder: string; readonly now: Instant; readonly expiresAt: Instant },
): Promise<{ readonly jobId: number; readonly attempt: number }> {
  const attempt = job.attempt + 1;
  await tx.run(markLeased, attempt, lease.holder, lease.expiresAt, job.id);
  await tx.run(countStart, lease.now, job.queue, job.group);
  await tx.run(countLaneStart, job.queue, job.group, job.lane, lease.now);
  return { jobId: job.id, attempt };
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
  [state: JobState, availableAt: Instant, id: number, attempt: number],
  LeftPlace
>(
  `update job set state = ?, available_at = ?, lease_holder = null, lease_expires_at = null
   where id = ? and attempt = ? and state = 'leased' ${leave}`,
);
const countEnd = statement<[pending: number, queue: string, name: string]>(
  `update job_group set running = running - 1, pending = pending + ?
   where queue = ? and name = ?`,
);
const countLaneEnd = statement<[string, string, string]>(
  `update job_lane set running = running - 1 where queue = ? and group_name = ? and name = ?`,
);

/** What becomes of a job whose lease ends. */
export type JobEnd =
  | { readonly state: 'done' }
  | { readonly state: 'pending'; readonly availableAt: Instant };

export async function endLease(
  tx: WriteTransaction,
  { jobId, attempt }: { readonly jobId: number; readonly attempt: number },
  end: JobEnd,
): Promise<boolean> {
  const availableAt = end.state === 'pending' ? end.availableAt : 0;
  const [place] = await tx.all(endJob, end.state, availableAt, jobId, attempt);
  if (place === undefined) return false;
  await tx.run(countEnd, end.state === 'pending' ? 1 : 0, place.queue, place.group_name);
  await tx.run(countLaneEnd, place.queue, place.group_name, place.lane);
  return true;
}

const withdraw = statement<[id: number], LeftPlace>(
  `update job set state = 'done' where id = ? and state = 'pending' ${leave}`,
);
const requeue = statement<[availableAt: Instant, id: number], LeftPlace>(
  `update job set state = 'pending', available_at = ? where id = ? and state = 'done' ${leave}`,
);

export async function removePending(tx: WriteTransaction, id: number): Promise<boolean> {
  const [place] = await tx.all(withdraw, id);
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

const selectExpired = statement<[queue: string, now: Instant], { jobId: number; attempt: number }>(
  `select id as "jobId", attempt from job
   where queue = ? and state = 'leased' and lease_expires_at <= ? order by lease_expires_at`,
);

export async function listExpiredLeases(
  tx: ReadTransaction,
  queue: string,
  now: Instant,
): Promise<readonly { readonly jobId: number; readonly attempt: number }[]> {
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
