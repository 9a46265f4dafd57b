import type { Clock } from '#kernel';

/** Registers what is to be called when there may be something to do; gives what ends that. */
export type Subscribe = (wake: () => void) => () => void;

/**
 * Waits for work: until somebody says that there may be some, or it is time to look again. A wake-up
 * that comes while its owner looks ends the next wait at once, so that none is lost. For one owner,
 * who waits once at a time and looks after each wait.
 */
export class Waiter implements Disposable {
  readonly #clock: Clock;
  readonly #unsubscribe: (() => void) | undefined;
  #woken = Promise.withResolvers<void>();

  constructor(clock: Clock, subscribe?: Subscribe) {
    this.#clock = clock;
    this.#unsubscribe = subscribe?.(() => this.wake());
  }

  wake(): void {
    this.#woken.resolve();
  }

  /** Resolves when woken, after so many milliseconds, or when the signal aborts. Never rejects. */
  async come(milliseconds: number, signal?: AbortSignal): Promise<void> {
    const patience = new AbortController();
    const stop = () => patience.abort();
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    const passed = this.#clock.sleep(milliseconds, patience.signal).catch(() => undefined);
    await Promise.race([this.#woken.promise, passed]);
    stop();
    signal?.removeEventListener('abort', stop);
    this.#woken = Promise.withResolvers<void>();
  }

  [Symbol.dispose](): void {
    this.#unsubscribe?.();
  }
}
