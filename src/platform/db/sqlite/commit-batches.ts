import { commitUnknown } from '../database-errors.ts';
import type { SqliteConnection } from './sqlite-connection.ts';

/** Past this much time in one batch the rest waits for the next, so that others get their turn. */
const batchMilliseconds = 10;

interface Waiting {
  readonly work: () => Promise<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs transactions of one connection one after the other, and commits together what has come while
 * the last commit was made durable. Each has a savepoint of its own, so one that throws takes nothing
 * of the others with it. With `synchronous=NORMAL` SQLite leaves a commit in the WAL unsynced; one
 * `fdatasync` then makes the whole batch durable, and pages that several transactions changed are
 * written once. Nothing is written while a sync runs: the write would wait for it and block the loop.
 */
export class CommitBatches {
  readonly #connection: SqliteConnection;
  readonly #sync: () => Promise<void>;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  /** `sync` makes durable what was committed before. */
  constructor(connection: SqliteConnection, sync: () => Promise<void>) {
    this.#connection = connection;
    this.#sync = sync;
  }

  /** Resolves with what the work gave once its commit is durable. */
  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.#waiting.push({ work, resolve: resolve as Waiting['resolve'], reject });
    this.#running ??= this.#runAll();
    return promise;
  }

  /** Resolves when nothing is left to run. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #runAll(): Promise<void> {
    while (this.#waiting.length > 0) await this.#runBatch();
    this.#running = undefined;
  }

  async #runBatch(): Promise<void> {
    const batch: (readonly [Waiting, unknown])[] = [];
    try {
      this.#connection.execute('begin immediate');
      await this.#runWaiting(batch);
      this.#connection.execute('commit');
      await this.#sync().catch((error: unknown) => {
        // Others read the commit by now; a power cut may still take it away.
        throw commitUnknown(error);
      });
    } catch (error) {
      this.#abandon(batch, error);
      return;
    }
    for (const [{ resolve }, result] of batch) resolve(result);
  }

  async #runWaiting(done: (readonly [Waiting, unknown])[]): Promise<void> {
    const endsAt = performance.now() + batchMilliseconds;
    do {
      const waiting = this.#waiting.shift();
      if (waiting === undefined) return;
      const result = await this.#runOne(waiting);
      if (result !== failed) done.push([waiting, result]);
    } while (performance.now() < endsAt);
  }

  async #runOne({ work, reject }: Waiting): Promise<unknown> {
    this.#connection.run('savepoint work', []);
    try {
      const result = await work();
      this.#connection.run('release work', []);
      return result;
    } catch (error) {
      reject(error);
      // SQLite rolls everything back by itself where it can't go on, as on a full disk: then the
      // whole batch is lost, and is told so.
      if (!this.#connection.inTransaction) throw error;
      this.#connection.run('rollback to work', []);
      this.#connection.run('release work', []);
      return failed;
    }
  }

  /** The connection could not begin, commit or sync: nobody of the batch may believe it did. */
  #abandon(batch: readonly (readonly [Waiting, unknown])[], error: unknown): void {
    if (this.#connection.inTransaction) this.#connection.execute('rollback');
    const first = batch.length === 0 ? this.#waiting.splice(0, 1) : batch.map(([one]) => one);
    for (const { reject } of first) reject(error);
  }
}

const failed = Symbol('failed');
