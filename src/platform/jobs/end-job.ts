import { type Clock, type Instant, type Pauses, pauseAfter } from '#kernel';
import type { Database } from '#platform/db';
import type { Logger } from '#platform/telemetry';
import type { JobQueue, Lease } from './job-queue.ts';

/** What becomes of jobs that fail: how long they wait for their next attempt, and how often. */
export interface RetryPolicy extends Pauses {
  readonly mostFailures: number;
}

/** When a job is tried again that has failed so often; `undefined`: never. */
export function retryAtAfter(
  failures: number,
  retry: RetryPolicy,
  now: Instant,
): Instant | undefined {
  return failures < retry.mostFailures ? now + pauseAfter(failures, retry) : undefined;
}

export interface WorkerParts {
  readonly queue: JobQueue;
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly retry: RetryPolicy;
}

/** So much of an error's message is kept. */
const mostErrorCharacters = 1_000;

/** Ends a lease as failed: the job waits for another attempt, or is done when it has had enough. */
export async function failJob(
  { queue, database, clock, logger, retry }: WorkerParts,
  lease: Lease & { readonly failures: number },
  error: unknown,
): Promise<void> {
  const now = clock.now();
  const failures = lease.failures + 1;
  const retryAt = retryAtAfter(failures, retry, now);
  const failure = { error: describe(error), now, retryAt };
  const isOurs = await database.transact((tx) => queue.fail(tx, lease, failure));
  if (!isOurs) return;
  const facts = { error, queue: queue.name, jobId: lease.jobId, failures };
  if (retryAt === undefined) logger.error(facts, 'a job has failed for good');
  else
    logger.warn(
      { ...facts, againInMilliseconds: retryAt - now },
      'a job failed; it is tried again',
    );
}

function describe(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // PostgreSQL's text holds no NUL.
  return message.replaceAll('\0', '').slice(0, mostErrorCharacters);
}
