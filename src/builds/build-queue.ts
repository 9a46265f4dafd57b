import { createJobQueue, type JobQueue } from '#platform/jobs';

/** The queue that builds wait in. It keeps nothing itself: any two of it are the same queue. */
export function createBuildQueue(): JobQueue {
  return createJobQueue('builds');
}
