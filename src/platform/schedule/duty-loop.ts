import { type Clock, pauseAfter } from '#kernel';
import type { Logger } from '#platform/telemetry';
import type { Duty } from './duty.ts';
import { Waiter } from './waiter.ts';

export interface DutyLoopOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stop: AbortSignal;
}

/** A duty that fails again and again is tried this seldom at last, or as seldom as it runs anyway. */
const longestPauseMilliseconds = 30_000;

/** One duty, which runs, rests and is woken by itself, whatever becomes of others. */
export class DutyLoop {
  readonly #duty: Duty;
  readonly #options: DutyLoopOptions;
  readonly #waiter: Waiter;
  #lastRun: Promise<void> = Promise.resolve();
  #failures = 0;

  constructor(duty: Duty, options: DutyLoopOptions) {
    this.#duty = duty;
    this.#options = options;
    this.#waiter = new Waiter(options.clock);
  }

  wake(): void {
    this.#waiter.wake();
  }

  /** Runs the duty once, after the run under way. Never rejects. */
  runOnce(): Promise<void> {
    this.#lastRun = this.#lastRun.then(() => this.#run());
    return this.#lastRun;
  }

  /** Runs the duty over and over. Resolves after the last run, when the program stops. */
  async runAlways(): Promise<void> {
    const { clock, stop } = this.#options;
    while (!stop.aborted) {
      await this.runOnce();
      if (this.#failures > 0) await clock.sleep(this.#pause(), stop).catch(() => undefined);
      else await this.#waiter.come(this.#duty.everyMilliseconds, stop);
    }
    await this.#lastRun;
  }

  async #run(): Promise<void> {
    const { logger, stop } = this.#options;
    if (stop.aborted) return;
    try {
      await this.#duty.run(stop);
      this.#failures = 0;
    } catch (error) {
      if (stop.aborted) return;
      this.#failures += 1;
      const facts = { duty: this.#duty.name, failures: this.#failures };
      const againInMilliseconds = this.#pause();
      logger.error({ error, ...facts, againInMilliseconds }, 'a duty failed; it is tried again');
    }
  }

  #pause(): number {
    const { everyMilliseconds } = this.#duty;
    return pauseAfter(this.#failures, {
      firstMilliseconds: 2 * everyMilliseconds,
      longestMilliseconds: Math.max(everyMilliseconds, longestPauseMilliseconds),
    });
  }
}
