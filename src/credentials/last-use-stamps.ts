import type { Clock, Instant } from '#kernel';
import type { Database } from '#platform/db';
import type { Duty } from '#platform/schedule';
import { noteLastUse } from './access-token-store.ts';

const flushEveryMilliseconds = 30_000;
const stampsPerTransaction = 100;

/**
 * Collects when access tokens were used, to be written every half minute: a request costs no write.
 * What a crash loses is half a minute of stamps.
 */
export class LastUseStamps implements AsyncDisposable {
  readonly duty: Duty = {
    name: 'write when access tokens were used',
    everyMilliseconds: flushEveryMilliseconds,
    run: () => this.flush(),
  };
  readonly #database: Pick<Database, 'transact'>;
  readonly #clock: Clock;
  readonly #pending = new Map<string, Instant>();

  constructor(options: {
    readonly database: Pick<Database, 'transact'>;
    readonly clock: Clock;
  }) {
    this.#database = options.database;
    this.#clock = options.clock;
  }

  note(tokenId: string): void {
    this.#pending.set(tokenId, this.#clock.now());
  }

  /** Writes what is collected. What could not be written stays for the next time. */
  async flush(): Promise<void> {
    const stamps = [...this.#pending];
    while (stamps.length > 0) {
      const chunk = stamps.splice(0, stampsPerTransaction);
      await this.#database.transact(async (tx) => {
        for (const [tokenId, usedAt] of chunk) await noteLastUse(tx, tokenId, usedAt);
      });
      for (const [tokenId, usedAt] of chunk) this.#forget(tokenId, usedAt);
    }
  }

  /** Unless it was used again meanwhile. */
  #forget(tokenId: string, usedAt: Instant): void {
    if (this.#pending.get(tokenId) === usedAt) this.#pending.delete(tokenId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush();
  }
}
