import type { Clock } from '#kernel';
import type { Logger } from '#platform/telemetry';
import type { Duty } from './duty.ts';
import { DutyLoop } from './duty-loop.ts';

export interface ScheduleOptions {
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * All that happens by the clock. Each duty has a loop of its own: one that throws is logged with its
 * name and tried again, after twice the time with each failure in a row, and the others go on. Disposal
 * stops them and resolves when the last has ended.
 */
export class Schedule implements AsyncDisposable {
  readonly #loops = new Map<string, DutyLoop>();
  readonly #options: ScheduleOptions;
  readonly #stop = new AbortController();
  #running: readonly Promise<void>[] = [];

  constructor(options: ScheduleOptions) {
    this.#options = options;
  }

  /** Before the start only. */
  add(...duties: readonly Duty[]): void {
    for (const duty of duties) {
      if (this.#loops.has(duty.name)) throw new Error(`there are two duties "${duty.name}"`);
      this.#loops.set(duty.name, new DutyLoop(duty, { ...this.#options, stop: this.#stop.signal }));
    }
  }

  /** Every duty runs at once, and from then on when it is due. */
  start(): void {
    this.#running = [...this.#loops.values()].map((loop) => loop.runAlways());
  }

  /**
   * The duty has something to do: it runs now, or again after the run under way. One that has failed
   * waits until it would have been tried again.
   */
  wake(name: string): void {
    const loop = this.#loops.get(name);
    if (loop === undefined) throw new Error(`there is no duty "${name}"`);
    loop.wake();
  }

  /** Runs every duty once, one after the other, and resolves when all have been tried: for tests. */
  async runAll(): Promise<void> {
    for (const loop of this.#loops.values()) await loop.runOnce();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running);
  }
}
