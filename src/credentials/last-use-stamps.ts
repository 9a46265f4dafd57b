import type { Clock, Instant } from '#kernel';
import type { Database } from '#platform/db';
import { noteLastUse } from './access-token-store.ts';

const flushEveryMilliseconds = 30_000;
const stampsPerTransaction = 100;

/**
 * Collects when access tokens were used and writes it every half minute: a request costs no write.
 * What a crash loses is half a minute of stamps.
 */
export class LastUseStamps implements AsyncDisposable {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #pending = new Map<string, Instant>();
  readonly #stop = new AbortController();
  #flushing: Promise<void> | undefined;

  constructor(options: { readonly database: Database; readonly clock: Clock }) {
    this.#database = options.database;
    this.#clock = options.clock;
  }

  note(tokenId: string): void {
    this.#pending.set(tokenId, this.#clock.now());
    this.#flushing ??= this.#flushLater();
  }

  /** Writes what is collected. */
  async flush(): Promise<void> {
    const stamps = [...this.#pending];
    this.#pending.clear();
    while (stamps.length > 0) {
      const chunk = stamps.splice(0, stampsPerTransaction);
      await this.#database.transact(async (tx) => {
        for (const [tokenId, usedAt] of chunk) await noteLastUse(tx, tokenId, usedAt);
      });
    }
  }

  async #flushLater(): Promise<void> {
    try {
      await this.#clock.sleep(flushEveryMilliseconds, this.#stop.signal);
      await this.flush();
    } catch {
      // Stopped, or a database that is away: stamps are worth no failed request.
    }
    this.#flushing = undefined;
    // Uses noted while the others were written.
    if (this.#pending.size > 0 && !this.#stop.signal.aborted) this.#flushing = this.#flushLater();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#flushing;
    await this.flush();
  }
}
