import type { Clock, Instant } from '#kernel';

interface Sleeper {
  readonly wakesAt: Instant;
  readonly wake: () => void;
}

/** Time passes when the test says so, and who has slept long enough by then wakes up. */
export class TestClock implements Clock {
  #now: Instant = Date.UTC(2026, 10, 24, 6);
  readonly #sleepers = new Set<Sleeper>();

  now(): Instant {
    return this.#now;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (signal?.aborted) {
      reject(signal.reason);
      return promise;
    }
    const stop = () => {
      this.#sleepers.delete(sleeper);
      reject(signal?.reason);
    };
    const sleeper: Sleeper = {
      wakesAt: this.#now + milliseconds,
      wake: () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      },
    };
    this.#sleepers.add(sleeper);
    signal?.addEventListener('abort', stop, { once: true });
    return promise;
  }

  /** Whether somebody sleeps who will wake up after exactly so many milliseconds. */
  isAwaited(milliseconds: number): boolean {
    return [...this.#sleepers].some(({ wakesAt }) => wakesAt === this.#now + milliseconds);
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
    for (const sleeper of this.#sleepers) {
      if (sleeper.wakesAt > this.#now) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }
}
