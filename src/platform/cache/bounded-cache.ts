import type { Clock, Instant } from '#kernel';

export interface BoundedCacheOptions {
  /** How many values are kept at most; the one that was loaded first goes first. */
  readonly capacity: number;
  /** Counted from the moment a load begins, so that no value is older than this. */
  readonly lifetimeMilliseconds: number;
  readonly clock: Clock;
}

interface Entry<Value> {
  readonly value: Promise<Value>;
  readonly staleAt: Instant;
}

/**
 * Remembers what was loaded, bounded in number and in age. Calls for one key that come while it is
 * being loaded share the load; a load that fails is forgotten, and all who waited see the failure.
 */
export class BoundedCache<Value> {
  readonly #options: BoundedCacheOptions;
  readonly #entries = new Map<string, Entry<Value>>();

  constructor(options: BoundedCacheOptions) {
    this.#options = options;
  }

  get(key: string, load: () => Promise<Value>): Promise<Value> {
    const now = this.#options.clock.now();
    const known = this.#entries.get(key);
    if (known !== undefined && now < known.staleAt) return known.value;
    const entry = { value: load(), staleAt: now + this.#options.lifetimeMilliseconds };
    this.#keep(key, entry);
    entry.value.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    });
    return entry.value;
  }

  forget(key: string): void {
    this.#entries.delete(key);
  }

  /** Looks at every key: for what changes seldom. */
  forgetAll(isForgotten: (key: string) => boolean): void {
    for (const key of this.#entries.keys()) if (isForgotten(key)) this.#entries.delete(key);
  }

  #keep(key: string, entry: Entry<Value>): void {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size <= this.#options.capacity) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}
