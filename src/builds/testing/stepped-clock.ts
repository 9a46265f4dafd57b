import type { Clock } from '#kernel';

/** A clock that stands still until a test moves it; who sleeps wakes up only to be stopped. */
export class SteppedClock implements Clock {
  #now = Date.UTC(2026, 10, 24, 6);

  now(): number {
    return this.#now;
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }

  sleep(_milliseconds: number, signal?: AbortSignal): Promise<void> {
    const { promise, reject } = Promise.withResolvers<void>();
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    return promise;
  }
}
