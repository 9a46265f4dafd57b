/** Milliseconds since 1970-01-01T00:00:00Z: how times are kept everywhere, both databases included. */
export type Instant = number;

/** Time is handed in, so that tests decide what time it is. */
export interface Clock {
  now(): Instant;
  /** Resolves after so many milliseconds; rejects with the signal's reason when it aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (signal?.aborted) {
      reject(signal.reason);
      return promise;
    }
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', stop, { once: true });
    return promise;
  },
};

/** RFC 3339 in UTC with whole seconds, as build logs write it: `2026-11-24T06:00:00Z`. */
export function formatSeconds(instant: Instant): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}
