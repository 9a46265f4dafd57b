import { AppError, type Clock, pauseAfter } from '#kernel';
import type { Logger } from '#platform/telemetry';
import type { Capacity } from './capacity.ts';
import type { Executor } from './executor.ts';

export interface HostWatchOptions {
  readonly executor: Pick<Executor, 'check' | 'leftovers' | 'removeOrphans'>;
  /** The builder's name, which its sandboxes carry. */
  readonly owner: string;
  readonly capacity: Capacity;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** While all is well. */
const lookMilliseconds = 10_000;
/** An engine that takes longer to answer is none that a build could use. */
const patienceMilliseconds = 10_000;
const awayPauses = { firstMilliseconds: 500, longestMilliseconds: 10_000 };
/** Sandboxes that nobody of this life knows of are looked for as often. */
const sweepMilliseconds = 5 * 60_000;
const leftoverPauses = { firstMilliseconds: 2_000, longestMilliseconds: sweepMilliseconds };

/**
 * Keeps an eye on what the builder stands on: whether its engine answers, and whether sandboxes were
 * left behind, which it removes as soon as that can be done. What it finds goes into the capacity.
 */
export class HostWatch {
  readonly #options: HostWatchOptions;
  #looksInVain = 0;
  #sweepsInVain = 0;
  #sweepAt: number;
  #looking: Promise<boolean> | undefined;

  constructor(options: HostWatchOptions) {
    this.#options = options;
    this.#sweepAt = options.clock.now() + sweepMilliseconds;
  }

  /** Until the signal aborts. Never throws. */
  async keep(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      await clock.sleep(this.#pause(), signal).catch(() => undefined);
      if (signal.aborted) return;
      const isThere = await this.look();
      if (isThere && clock.now() >= this.#sweepAt) await this.sweep();
    }
  }

  /** Whether the engine answers, asked now. Who asks while somebody asks is told the same. */
  look(): Promise<boolean> {
    this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** A sandbox has gone, or should have: those that could not be removed are counted, and soon tried again. */
  count(): void {
    const { executor, capacity, clock, logger } = this.#options;
    const known = new Set(capacity.leftovers.map(({ id }) => id));
    const leftovers = executor.leftovers();
    for (const { id, reason } of leftovers) {
      if (known.has(id)) continue;
      logger.error({ sandbox: id, reason }, 'a sandbox could not be removed; trying again');
      this.#sweepsInVain = 0;
      this.#sweepAt = clock.now() + leftoverPauses.firstMilliseconds;
    }
    capacity.setLeftovers(leftovers);
  }

  /** Removes what earlier lives left behind, and this one where it could not at once. Never throws. */
  async sweep(): Promise<void> {
    const { executor, owner, clock, logger } = this.#options;
    try {
      const removed = await executor.removeOrphans(owner);
      if (removed > 0) logger.info({ removed }, 'removed sandboxes that were left behind');
    } catch (error) {
      logger.warn({ error }, 'sandboxes that were left behind could not be looked for');
    }
    this.count();
    const isDone = executor.leftovers().length === 0;
    this.#sweepsInVain = isDone ? 0 : this.#sweepsInVain + 1;
    const pause = isDone ? sweepMilliseconds : pauseAfter(this.#sweepsInVain, leftoverPauses);
    this.#sweepAt = clock.now() + pause;
  }

  #pause(): number {
    if (this.#looksInVain > 0) return pauseAfter(this.#looksInVain, awayPauses);
    const untilSweep = this.#sweepAt - this.#options.clock.now();
    return Math.max(1, Math.min(lookMilliseconds, untilSweep));
  }

  async #lookOnce(): Promise<boolean> {
    const { capacity, logger } = this.#options;
    const reason = await this.#whyAway();
    if (reason !== undefined && this.#looksInVain === 0) {
      logger.error({ reason }, 'no build can run; the builder takes none until that is mended');
    }
    if (reason === undefined && this.#looksInVain > 0) {
      logger.info({}, 'builds can run again');
      this.#sweepAt = 0;
    }
    this.#looksInVain = reason === undefined ? 0 : this.#looksInVain + 1;
    capacity.setAway(reason);
    return reason === undefined;
  }

  async #whyAway(): Promise<string | undefined> {
    const { executor, clock } = this.#options;
    const [answered, tired] = [new AbortController(), new AbortController()];
    const patience = clock.sleep(patienceMilliseconds, answered.signal).then(
      () => tired.abort(new Error('it took too long to answer')),
      () => undefined,
    );
    try {
      await executor.check(tired.signal);
      return undefined;
    } catch (error) {
      return error instanceof AppError ? error.message : `no build can run: ${String(error)}`;
    } finally {
      answered.abort();
      await patience;
    }
  }
}
