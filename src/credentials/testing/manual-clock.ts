import type { Clock, Instant } from '#kernel';

/** Time passes when the test says so; who sleeps wakes up only to be stopped. */
export class ManualClock implements Clock {
  #now: Instant = Date.UTC(2026, 10, 24, 6);

  now(): Instant {
    return this.#now;
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }

  sleep(_milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  }
}
