import type { Clock, Instant } from '../clock.ts';

interface Sleeper {
  readonly wakesAt: Instant;
  readonly wake: () => void;
}

interface Watcher {
  readonly wakesAt: Instant;
  readonly tell: () => void;
}

/** Time passes when the test says so, and who has slept long enough by then wakes up. */
export class TestClock implements Clock {
  #now: Instant = Date.UTC(2026, 10, 24, 6);
  readonly #sleepers = new Set<Sleeper>();
  #watchers: readonly Watcher[] = [];

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
    this.#tellWatchers(sleeper.wakesAt);
    return promise;
  }

  /** How many sleep. */
  get sleepers(): number {
    return this.#sleepers.size;
  }

  /** Whether somebody sleeps who will wake up after exactly so many milliseconds. */
  isAwaited(milliseconds: number): boolean {
    return [...this.#sleepers].some(({ wakesAt }) => wakesAt === this.#now + milliseconds);
  }

  /** Resolves once that is so. */
  async awaited(milliseconds: number): Promise<void> {
    if (this.isAwaited(milliseconds)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const watcher = { wakesAt: this.#now + milliseconds, tell: resolve };
    this.#watchers = [...this.#watchers, watcher];
    await promise;
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
    for (const sleeper of this.#sleepers) {
      if (sleeper.wakesAt > this.#now) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }

  #tellWatchers(wakesAt: Instant): void {
    const told = this.#watchers.filter((watcher) => watcher.wakesAt === wakesAt);
    this.#watchers = this.#watchers.filter((watcher) => watcher.wakesAt !== wakesAt);
    for (const watcher of told) watcher.tell();
  }
}
