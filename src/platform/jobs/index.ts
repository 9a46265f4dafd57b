/**
 * platform/jobs: queued work as rows. A job waits, is leased to one holder for a while, and ends. Its
 * attempt number is the fence: whoever holds an older one may do nothing any more. How many jobs of a
 * group run at once is limited, and groups and lanes take turns.
 */
export { createJobQueue, type JobQueue, type Lease, type NewJob } from './job-queue.ts';
export type { GroupState, JobLock } from './job-store.ts';
export { jobsMigrations } from './jobs-migrations.ts';
