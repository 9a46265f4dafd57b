import { failJob, type WorkerParts } from './end-job.ts';
import type { LeasedJob } from './job-queue.ts';
import { keepLease } from './keep-lease.ts';

/** A job that is being worked on. */
export interface RunningJob extends LeasedJob {
  /** Aborts when the server stops, and when somebody else may have the job. */
  readonly signal: AbortSignal;
}

export interface JobRunParts extends WorkerParts {
  readonly handle: (job: RunningJob) => Promise<void>;
}

/** One attempt at one job, whose lease is moved on as long as the work lasts. */
export class JobRun {
  readonly #job: LeasedJob;
  readonly #parts: JobRunParts;
  readonly #interruption = new AbortController();
  #isStopped = false;

  constructor(job: LeasedJob, parts: JobRunParts) {
    this.#job = job;
    this.#parts = parts;
  }

  /** Interrupts the work: what does not end well goes back to the queue at once, without a failure. */
  stop(): void {
    this.#isStopped = true;
    this.#interruption.abort(new Error('the server stops'));
  }

  /** Resolves when the work has ended and the queue knows it. Never rejects. */
  async run(): Promise<void> {
    const over = new AbortController();
    const lost = () => this.#interruption.abort(new Error('the lease was lost'));
    const kept = keepLease(this.#parts, this.#job, { over: over.signal, lost });
    try {
      await this.#end(await this.#attempt());
    } catch (error) {
      // The lease expires, and the job is taken up again.
      const facts = { error, queue: this.#parts.queue.name, jobId: this.#job.jobId };
      this.#parts.logger.error(facts, 'the end of a job could not be recorded');
    } finally {
      over.abort();
      await kept;
    }
  }

  async #attempt(): Promise<{ readonly error: unknown } | undefined> {
    try {
      await this.#parts.handle({ ...this.#job, signal: this.#interruption.signal });
      return undefined;
    } catch (error) {
      return { error };
    }
  }

  async #end(failure: { readonly error: unknown } | undefined): Promise<void> {
    const { database, queue, clock } = this.#parts;
    const now = clock.now();
    if (failure === undefined) {
      await database.transact((tx) => queue.finish(tx, this.#job, now));
    } else if (this.#isStopped) {
      await database.transact((tx) => queue.release(tx, this.#job, now));
    } else {
      await failJob(this.#parts, this.#job, failure.error);
    }
  }
}
