import type { Instant } from '#kernel';
import { statement, type WriteTransaction } from '#platform/db';
import type { JobPlace } from './job-store.ts';

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
  readonly failures: number;
  readonly payload: string;
}

type ChosenRow = Omit<ChosenJob, keyof JobPlace>;

const chooseJobText = `select j.id, j.lane, j.attempt, j.failures, j.payload from job j
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

/** Gives the number of the attempt that begins. */
export async function leaseJob(
  tx: WriteTransaction,
  job: ChosenJob,
  lease: { readonly holder: string; readonly now: Instant; readonly expiresAt: Instant },
): Promise<number> {
  const attempt = job.attempt + 1;
  await tx.run(markLeased, attempt, lease.holder, lease.expiresAt, job.id);
  await tx.run(countStart, lease.now, job.queue, job.group);
  await tx.run(countLaneStart, job.queue, job.group, job.lane, lease.now);
  return attempt;
}
