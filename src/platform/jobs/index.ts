/**
 * platform/jobs: queued work as rows. A job waits, is leased to one holder for a while, and ends. Its
 * attempt number is the fence: whoever holds an older one may do nothing any more. How many jobs of a
 * group run at once is limited, and groups and lanes take turns. A worker leases jobs and does them,
 * one that fails again later, and on another server where its own was lost.
 */
export { type RetryPolicy, retryAtAfter } from './end-job.ts';
export {
  createJobQueue,
  type JobFailure,
  type JobQueue,
  type JobQueueOptions,
  type Lease,
  type LeasedJob,
  type NewJob,
} from './job-queue.ts';
export type { RunningJob } from './job-run.ts';
export type { GroupState, Job, JobLock, JobOutcome } from './job-store.ts';
export { jobsMigrations } from './jobs-migrations.ts';
export { Worker, type WorkerOptions } from './worker.ts';
