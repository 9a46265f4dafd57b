import { type Duty, itemDuty, Schedule } from '#platform/schedule';
import { failJob } from './end-job.ts';
import type { LeasedJob } from './job-queue.ts';
import { JobRun, type JobRunParts } from './job-run.ts';
import { leaseMilliseconds } from './keep-lease.ts';

export interface WorkerOptions extends JobRunParts {
  /** Who leases, for people to read: this server. */
  readonly holder: string;
  /** How many jobs this server works on at once. */
  readonly concurrency: number;

  /**
   * Does the work of one job. When it resolves the job is done; when it throws, the error's message is
   * kept with the job, which is tried again as the policy says. It may be called twice for one job: on
   * another server, when this one was not heard of for 30 seconds. So what it writes, it writes in a
   * transaction that holds the lease (`queue.hold`), or ends it (`queue.finish`, `queue.fail`).
   */
  readonly handle: JobRunParts['handle'];
}

const pollMilliseconds = 1_000;
const tidyMilliseconds = 600_000;
const removedAtOnce = 500;

/**
 * Works on the jobs of one queue: takes one whenever it has room and is told of it, or looks every
 * second; takes back those of workers that are not heard of; removes those that were done long ago. Any
 * number of servers may do so. Disposal interrupts what runs and resolves when all has ended.
 */
export class Worker implements AsyncDisposable {
  readonly #options: WorkerOptions;
  readonly #schedule: Schedule;
  readonly #running = new Map<JobRun, Promise<void>>();
  readonly #stopListening: () => void;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#schedule = new Schedule(options);
    const leasing = this.#leasing();
    this.#schedule.add(leasing, takingBack(options), tidying(options));
    this.#stopListening = options.queue.onChange(() => this.#schedule.wake(leasing.name));
    this.#schedule.start();
  }

  #leasing(): Duty {
    const name = `lease jobs of ${this.#options.queue.name}`;
    return {
      name,
      everyMilliseconds: pollMilliseconds,
      run: async (signal) => {
        while (!signal.aborted && this.#running.size < this.#options.concurrency) {
          const job = await this.#leaseNext();
          if (job === undefined) return;
          this.#begin(job, () => this.#schedule.wake(name));
        }
      },
    };
  }

  #leaseNext(): Promise<LeasedJob | undefined> {
    const { database, queue, clock, holder } = this.#options;
    const now = clock.now();
    const request = { holder, now, expiresAt: now + leaseMilliseconds };
    return database.transact((tx) => queue.leaseNext(tx, request));
  }

  #begin(job: LeasedJob, ended: () => void): void {
    const run = new JobRun(job, this.#options);
    const running = run.run().then(() => {
      this.#running.delete(run);
      ended();
    });
    this.#running.set(run, running);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopListening();
    await this.#schedule[Symbol.asyncDispose]();
    for (const run of this.#running.keys()) run.stop();
    await Promise.all(this.#running.values());
  }
}

/** Jobs of workers that are not heard of any more. Theirs is the failure: a job may have killed them. */
function takingBack(options: WorkerOptions): Duty {
  const { queue, database, clock } = options;
  const duty = {
    name: `take back jobs of ${queue.name}`,
    everyMilliseconds: leaseMilliseconds / 6,
    list: () => database.read((tx) => queue.listExpired(tx, clock.now())),
    nameOf: ({ jobId }: { readonly jobId: number }) => `job ${jobId}`,
    work: (lease: Awaited<ReturnType<typeof queue.listExpired>>[number]) =>
      failJob(options, lease, 'the server that worked on it was lost'),
  };
  return itemDuty(duty, options);
}

function tidying({ queue, database, clock }: WorkerOptions): Duty {
  return {
    name: `remove jobs of ${queue.name}`,
    everyMilliseconds: tidyMilliseconds,
    async run(signal) {
      let removed = removedAtOnce;
      while (removed === removedAtOnce && !signal.aborted) {
        removed = await database.transact((tx) => queue.removeDone(tx, clock.now(), removedAtOnce));
      }
      await database.transact((tx) => queue.forgetIdle(tx, clock.now()));
    },
  };
}
