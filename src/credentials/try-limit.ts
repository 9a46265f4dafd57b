import type { Clock, Instant } from '#kernel';

export interface TryLimitOptions {
  /** How many tries may fail in a row. */
  readonly burst: number;
  /** After so long one more try is allowed. */
  readonly refillMilliseconds: number;
  /** How many keys are remembered; beyond it those that tried longest ago are forgotten. */
  readonly capacity: number;
  readonly clock: Clock;
}

interface Spent {
  /** Tries that are not refilled yet, as of `at`; may be a fraction. */
  readonly tries: number;
  readonly at: Instant;
}

/** A token bucket per key, in memory: a key that nobody tried lately takes no room. */
export class TryLimit {
  readonly #options: TryLimitOptions;
  readonly #spent = new Map<string, Spent>();

  constructor(options: TryLimitOptions) {
    this.#options = options;
  }

  /** Milliseconds until the key may try; 0 when it may now. */
  waitMilliseconds(key: string): number {
    const excess = this.#triesOf(key) + 1 - this.#options.burst;
    return excess <= 0 ? 0 : Math.ceil(excess * this.#options.refillMilliseconds);
  }

  spend(key: string): void {
    this.#set(key, this.#triesOf(key) + 1);
  }

  /** Takes one try back: it succeeded, or was never made. */
  refund(key: string): void {
    this.#set(key, this.#triesOf(key) - 1);
  }

  reset(key: string): void {
    this.#spent.delete(key);
  }

  #triesOf(key: string): number {
    const spent = this.#spent.get(key);
    if (spent === undefined) return 0;
    const refilled = (this.#options.clock.now() - spent.at) / this.#options.refillMilliseconds;
    return Math.max(0, spent.tries - refilled);
  }

  /** Deleting first keeps the map in the order of the latest try, oldest first. */
  #set(key: string, tries: number): void {
    this.#spent.delete(key);
    if (tries > 0) this.#spent.set(key, { tries, at: this.#options.clock.now() });
    if (this.#spent.size <= this.#options.capacity) return;
    const [oldest] = this.#spent.keys();
    if (oldest !== undefined) this.#spent.delete(oldest);
  }
}
