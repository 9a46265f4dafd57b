import { commitUnknown, databaseErrors, databaseUnavailable } from '../database-errors.ts';
import type { SqliteConnection } from './sqlite-connection.ts';

/** Past this much time in one batch the rest waits for the next, so that others get their turn. */
const batchMilliseconds = 10;

/** What makes commits durable. */
export interface Durability {
  /** Makes durable what was committed before. */
  sync(): Promise<void>;
  /**
   * After a sync that failed: makes all that was committed durable by another way. A later sync can't,
   * since the system may have given up the bytes of the failed one. `false`: it could not.
   */
  restore(): Promise<boolean>;
}

interface Waiting {
  readonly work: () => Promise<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Shared a batch that was lost, by whose fault nobody knows: it gets one to itself. */
  readonly isAlone: boolean;
}

interface Done {
  readonly waiting: Waiting;
  readonly result: unknown;
}

/**
 * Runs transactions of one connection one after the other, and commits together what has come while
 * the last commit was made durable. Each has a savepoint of its own, so one that throws takes nothing
 * of the others with it; where SQLite rolls back all of them, as on a full disk, those that were not
 * at fault are run again. With `synchronous=NORMAL` SQLite leaves a commit in the WAL unsynced; one
 * `sync` then makes the whole batch durable, and pages that several transactions changed are
 * written once. Nothing is written while a sync runs: the write would wait for it and block the loop.
 */
export class CommitBatches {
  readonly #connection: SqliteConnection;
  readonly #durability: Durability;
  readonly #waiting: Waiting[] = [];
  readonly #pauses: (() => Promise<void>)[] = [];
  #running: Promise<void> | undefined;
  /** A sync has failed: what is committed now may hang on bytes that were lost. */
  #isDoubtful = false;

  constructor(connection: SqliteConnection, durability: Durability) {
    this.#connection = connection;
    this.#durability = durability;
  }

  /** Resolves with what the work gave once its commit is durable. */
  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.#waiting.push({ work, resolve: resolve as Waiting['resolve'], reject, isAlone: false });
    this.#running ??= this.#runAll();
    return promise;
  }

  /** Does something, which never rejects, between two batches: nobody writes meanwhile. */
  pauseFor(work: () => Promise<void>): void {
    this.#pauses.push(work);
    this.#running ??= this.#runAll();
  }

  /** Resolves when nothing is left to run. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #runAll(): Promise<void> {
    while (this.#waiting.length > 0 || this.#pauses.length > 0) {
      const pause = this.#pauses.shift();
      await (pause === undefined ? this.#runBatch() : pause());
    }
    this.#running = undefined;
  }

  async #runBatch(): Promise<void> {
    const failure = await this.#begin();
    if (failure !== undefined) {
      // Nothing was done for anybody yet: the others try for themselves.
      this.#waiting.shift()?.reject(failure);
      return;
    }
    const batch: Done[] = [];
    try {
      await this.#runWaiting(batch);
      this.#connection.execute('commit');
    } catch (error) {
      this.#takeBack(batch, error);
      return;
    }
    await this.#makeDurable(batch);
  }

  async #begin(): Promise<unknown> {
    if (this.#isDoubtful && !(await this.#durability.restore())) {
      return databaseUnavailable(new Error('what was committed before could not be made durable'));
    }
    this.#isDoubtful = false;
    try {
      this.#connection.execute('begin immediate');
      return undefined;
    } catch (error) {
      return databaseErrors.is(error) ? error : databaseUnavailable(error);
    }
  }

  async #runWaiting(done: Done[]): Promise<void> {
    const endsAt = performance.now() + batchMilliseconds;
    do {
      const waiting = this.#nextOf(done);
      if (waiting === undefined) return;
      const result = await this.#runOne(waiting);
      if (result !== failed) done.push({ waiting, result });
    } while (performance.now() < endsAt);
  }

  #nextOf(done: readonly Done[]): Waiting | undefined {
    const isTaken = done.some(({ waiting }) => waiting.isAlone);
    const hasToWait = done.length > 0 && this.#waiting[0]?.isAlone === true;
    return isTaken || hasToWait ? undefined : this.#waiting.shift();
  }

  async #runOne({ work, reject }: Waiting): Promise<unknown> {
    this.#connection.run('savepoint work', []);
    try {
      const result = await work();
      this.#connection.run('release work', []);
      return result;
    } catch (error) {
      reject(error);
      // SQLite rolls everything back by itself where it can't go on, as on a full disk.
      if (!this.#connection.inTransaction) throw new FaultFound();
      this.#connection.run('rollback to work', []);
      this.#connection.run('release work', []);
      return failed;
    }
  }

  /** Nothing of the batch was kept. Whoever is not known to be at fault gets another turn, by itself. */
  #takeBack(batch: readonly Done[], error: unknown): void {
    if (this.#connection.inTransaction) this.#connection.execute('rollback');
    const [only, ...others] = batch;
    if (only !== undefined && others.length === 0 && !(error instanceof FaultFound)) {
      only.waiting.reject(error);
      return;
    }
    this.#waiting.unshift(...batch.map(({ waiting }) => ({ ...waiting, isAlone: true })));
  }

  async #makeDurable(batch: readonly Done[]): Promise<void> {
    try {
      await this.#durability.sync();
    } catch (error) {
      // Others read the commit by now; a power cut may still take it away.
      this.#isDoubtful = true;
      for (const { waiting } of batch) waiting.reject(commitUnknown(error));
      return;
    }
    for (const { waiting, result } of batch) waiting.resolve(result);
  }
}

const failed = Symbol('failed');

/** Whose work took the transaction with it is known, and was told. */
class FaultFound extends Error {}
