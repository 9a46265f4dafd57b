import { isDeepStrictEqual } from 'node:util';
import type { BuilderCondition } from './builder-condition.ts';
import type { Leftover } from './executor.ts';

/**
 * How much the builder takes on: its slots, less those whose sandboxes could not be removed, and
 * nothing while its engine is away. Whoever waits for a change is woken by it.
 */
export class Capacity {
  readonly #slots: number;
  readonly #listeners = new Set<() => void>();
  #away: string | undefined;
  #leftovers: readonly Leftover[] = [];
  #changed = new AbortController();

  constructor(slots: number) {
    this.#slots = slots;
  }

  get condition(): BuilderCondition {
    const left = this.#leftovers.map(
      ({ id, reason }) =>
        `sandbox ${id} could not be removed and keeps its slot until it is: ${reason}`,
    );
    const troubles = this.#away === undefined ? left : [this.#away, ...left];
    return { slots: this.slots, troubles };
  }

  /** Sandboxes that could not be removed so far. */
  get leftovers(): readonly Leftover[] {
    return this.#leftovers;
  }

  get slots(): number {
    if (this.#away !== undefined) return 0;
    return Math.max(0, this.#slots - this.#leftovers.length);
  }

  /** Aborts when what the server knows of this builder is true no more. */
  get changed(): AbortSignal {
    return this.#changed.signal;
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** `undefined`: the engine answers. */
  setAway(reason: string | undefined): void {
    if (reason === this.#away) return;
    this.#away = reason;
    this.announce();
  }

  setLeftovers(leftovers: readonly Leftover[]): void {
    const before = this.condition;
    this.#leftovers = leftovers;
    if (!isDeepStrictEqual(before, this.condition)) this.announce();
  }

  /** The server is to hear anew what this builder is and what it runs. */
  announce(): void {
    const changed = this.#changed;
    this.#changed = new AbortController();
    changed.abort(new Error('the builder has something new to say of itself'));
    for (const listener of this.#listeners) listener();
  }
}
