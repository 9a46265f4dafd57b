import type {
  Channel,
  ChannelOptions,
  Database,
  DialectName,
  ReadTransaction,
  WriteTransaction,
} from '../database.ts';
import { commitUnknown } from '../database-errors.ts';

/** What became of a transaction whose caller could not be told. */
export type DoubtfulOutcome = 'kept' | 'lost';

/** A database whose next commit a test can leave in doubt. */
export class DoubtfulDatabase implements Database {
  readonly dialect: DialectName;
  readonly #database: Database;
  readonly #cleanUp: () => Promise<unknown>;
  #next: DoubtfulOutcome | undefined;

  constructor(database: Database, cleanUp: () => Promise<unknown>) {
    this.dialect = database.dialect;
    this.#database = database;
    this.#cleanUp = cleanUp;
  }

  /** The next transaction whose work does not throw rejects with `COMMIT_UNKNOWN`, kept or not. */
  doubtNextCommit(outcome: DoubtfulOutcome): void {
    this.#next = outcome;
  }

  read<Result>(work: (tx: ReadTransaction) => Promise<Result>): Promise<Result> {
    return this.#database.read(work);
  }

  async transact<Result>(work: (tx: WriteTransaction) => Promise<Result>): Promise<Result> {
    if (this.#next === undefined) return this.#database.transact(work);
    const doubt = commitUnknown(new Error('a test left this commit in doubt'));
    await this.#database.transact(async (tx) => {
      await work({ ...tx, afterCommit: () => undefined });
      if (this.#take() === 'lost') throw doubt;
    });
    throw doubt;
  }

  #take(): DoubtfulOutcome | undefined {
    const outcome = this.#next;
    this.#next = undefined;
    return outcome;
  }

  openChannel(options: ChannelOptions): Promise<Channel> {
    return this.#database.openChannel(options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]();
    await this.#cleanUp();
  }
}
