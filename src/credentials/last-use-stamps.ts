import type { Clock, Instant } from '#kernel';
import type { Database, WriteTransaction } from '#platform/db';
import type { Duty } from '#platform/schedule';

const flushEveryMilliseconds = 30_000;
const stampsPerTransaction = 100;

export interface LastUseStampsOptions {
  readonly database: Pick<Database, 'transact'>;
  readonly clock: Clock;
  /** What is stamped, in the plural: "access tokens". */
  readonly kind: string;
  /** Several servers note uses of one: the latest has to stay. */
  readonly write: (tx: WriteTransaction, id: string, usedAt: Instant) => Promise<void>;
}

/**
 * Collects when credentials of one kind were used, to be written every half minute: a request costs no write.
 * What a crash loses is half a minute of stamps.
 */
export class LastUseStamps implements AsyncDisposable {
  readonly duty: Duty;
  readonly #options: LastUseStampsOptions;
  readonly #pending = new Map<string, Instant>();

  constructor(options: LastUseStampsOptions) {
    this.#options = options;
    this.duty = {
      name: `write when ${options.kind} were used`,
      everyMilliseconds: flushEveryMilliseconds,
      run: () => this.flush(),
    };
  }

  note(id: string): void {
    this.#pending.set(id, this.#options.clock.now());
  }

  /** Writes what is collected. What could not be written stays for the next time. */
  async flush(): Promise<void> {
    const { database, write } = this.#options;
    const stamps = [...this.#pending];
    while (stamps.length > 0) {
      const chunk = stamps.splice(0, stampsPerTransaction);
      await database.transact(async (tx) => {
        for (const [id, usedAt] of chunk) await write(tx, id, usedAt);
      });
      for (const [id, usedAt] of chunk) this.#forget(id, usedAt);
    }
  }

  /** Unless it was used again meanwhile. */
  #forget(id: string, usedAt: Instant): void {
    if (this.#pending.get(id) === usedAt) this.#pending.delete(id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush();
  }
}
