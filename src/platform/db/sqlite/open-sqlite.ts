import { closeSync, fdatasync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Kysely } from 'kysely';
import { runCallbacks } from '../after-commit.ts';
import type {
  Channel,
  Database,
  ReadTransaction,
  SqlParameters,
  Statement,
  WriteTransaction,
} from '../database.ts';
import { Checkpoints } from './checkpoints.ts';
import { CommitBatches } from './commit-batches.ts';
import { SqliteConnection } from './sqlite-connection.ts';
import { kyselyOver } from './sqlite-dialect.ts';

const sync = promisify(fdatasync);
const usualWalBytes = 16 * 1024 * 1024;

export interface SqliteOptions {
  /** The database file; its folder exists. */
  readonly path: string;
  readonly checkpointMilliseconds?: number;
  /** About how large the write-ahead log may get. */
  readonly walBytes?: number;
}

/**
 * Opens a SQLite file for one server process: WAL, one connection that writes and one that reads,
 * commits made durable by a shared sync of the WAL, which a worker thread keeps small.
 */
export function openSqlite(options: SqliteOptions): Database {
  const writer = new SqliteConnection(options.path, { readOnly: false });
  writer.execute('pragma journal_mode = wal');
  writer.execute('pragma synchronous = normal');
  writer.execute('pragma wal_autocheckpoint = 0');
  // The WAL file must exist to be opened for syncing; a first write makes it.
  writer.execute('begin immediate; pragma user_version = 1; commit');
  return new SqliteDatabase(writer, options);
}

class SqliteDatabase implements Database {
  readonly dialect = 'sqlite';
  readonly #writer: SqliteConnection;
  readonly #reader: SqliteConnection;
  readonly #read: ReadTransaction;
  readonly #writes: Kysely<never>;
  readonly #walFile: number;
  readonly #batches: CommitBatches;
  readonly #checkpoints: Checkpoints;

  constructor(writer: SqliteConnection, options: SqliteOptions) {
    this.#writer = writer;
    this.#reader = new SqliteConnection(options.path, { readOnly: true });
    this.#read = readOver(this.#reader, kyselyOver(this.#reader));
    this.#writes = kyselyOver(writer);
    this.#walFile = openSync(`${options.path}-wal`, 'r+');
    this.#batches = new CommitBatches(writer, {
      sync: async () => {
        await sync(this.#walFile);
        this.#checkpoints.look();
      },
      restore: () => this.#checkpoints.empty(),
    });
    this.#checkpoints = new Checkpoints({
      path: options.path,
      walFile: this.#walFile,
      everyMilliseconds: options.checkpointMilliseconds ?? 1000,
      walBytes: options.walBytes ?? usualWalBytes,
      pauseFor: (work) => this.#batches.pauseFor(work),
    });
  }

  read<Result>(work: (tx: ReadTransaction) => Promise<Result>): Promise<Result> {
    return work(this.#read);
  }

  async transact<Result>(work: (tx: WriteTransaction) => Promise<Result>): Promise<Result> {
    let callbacks: (() => void)[] = [];
    const result = await this.#batches.run(() => {
      callbacks = [];
      return work(this.#writeTransaction(callbacks));
    });
    runCallbacks(callbacks);
    return result;
  }

  async openChannel(): Promise<Channel> {
    return toNobody;
  }

  #writeTransaction(callbacks: (() => void)[]): WriteTransaction {
    const connection = this.#writer;
    const writing = {
      ...readOver(connection, this.#writes),
      tables: <Tables>() => this.#writes as unknown as Kysely<Tables>,
      run: async (statement: Statement<SqlParameters, unknown>, ...parameters: SqlParameters) =>
        connection.run(statement.text, parameters).changes,
      afterCommit: (callback: () => void) => {
        callbacks.push(callback);
      },
    };
    return writing as unknown as WriteTransaction;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#batches.idle();
    await this.#checkpoints[Symbol.asyncDispose]();
    this.#reader.close();
    this.#writer.close();
    closeSync(this.#walFile);
  }
}

/** SQLite means one server. */
const toNobody: Channel = {
  send: async () => undefined,
  [Symbol.asyncDispose]: async () => undefined,
};

function readOver(connection: SqliteConnection, kysely: Kysely<never>): ReadTransaction {
  return {
    dialect: 'sqlite',
    tables: <Tables>() => kysely as unknown as Kysely<Tables>,
    all: async <Parameters extends SqlParameters, Row>(
      statement: Statement<Parameters, Row>,
      ...parameters: Parameters
    ) => connection.all(statement.text, parameters) as Row[],
    first: async <Parameters extends SqlParameters, Row>(
      statement: Statement<Parameters, Row>,
      ...parameters: Parameters
    ) => connection.all(statement.text, parameters)[0] as Row | undefined,
  };
}
