import pg from 'pg';
import { runCallbacks } from '../after-commit.ts';
import type {
  Channel,
  ChannelOptions,
  Database,
  ReadTransaction,
  WriteTransaction,
} from '../database.ts';
import { databaseUnavailable } from '../database-errors.ts';
import { PostgresChannel } from './postgres-channel.ts';
import {
  isConnectionLost,
  isWorthAnotherTry,
  translateCommitFailure,
  translateQueryFailure,
} from './postgres-failures.ts';
import { readOver, writeOver } from './postgres-queries.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  readonly connections?: number;
  /** How long a statement may take; as long as it likes unless it is said. */
  readonly statementMilliseconds?: number;
}

/** Past this nobody waits any longer for a connection: a new one, or one that others use. */
const connectMilliseconds = 10_000;
/** A transaction awaits nothing but its own queries; one that is left open keeps locks. */
const idleMilliseconds = 30_000;

const mostTries = 5;

// int8 and numeric come as text by default; every number of ours is below 2^53.
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);
types.setTypeParser(pg.types.builtins.NUMERIC, Number);

/** Opens PostgreSQL under READ COMMITTED; a commit is durable when the server says so. */
export function openPostgres(options: PostgresOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connections ?? 10,
    connectionTimeoutMillis: connectMilliseconds,
    keepAlive: true,
    types,
    ...limitsOf(options),
  });
  // The pool replaces a connection that broke while idle; whoever uses one hears of it by their query.
  // An event that nobody takes would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new PostgresDatabase(pool, options.url);
}

/**
 * A lock is waited for half as long, so that who waits fails before whom the others wait for. Where no
 * answer comes at all, though PostgreSQL should have given up by itself, the connection is.
 */
function limitsOf({ statementMilliseconds: limit }: PostgresOptions): pg.PoolConfig {
  if (limit === undefined) return {};
  return {
    statement_timeout: limit,
    lock_timeout: Math.ceil(limit / 2),
    idle_in_transaction_session_timeout: idleMilliseconds,
    query_timeout: Math.ceil(limit * 1.2),
  };
}

class PostgresDatabase implements Database {
  readonly dialect = 'postgres';
  readonly #pool: pg.Pool;
  readonly #url: string;

  constructor(pool: pg.Pool, url: string) {
    this.#pool = pool;
    this.#url = url;
  }

  read<Result>(work: (tx: ReadTransaction) => Promise<Result>): Promise<Result> {
    return work(readOver(this.#pool));
  }

  async transact<Result>(work: (tx: WriteTransaction) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#transactOnce(work);
      } catch (error) {
        if (!isWorthAnotherTry(error)) throw error;
        if (attempt >= mostTries) throw databaseUnavailable(error);
      }
    }
  }

  async #transactOnce<Result>(work: (tx: WriteTransaction) => Promise<Result>): Promise<Result> {
    const callbacks: (() => void)[] = [];
    const client = await this.#connect();
    try {
      const result = await runTransaction(client, () => work(writeOver(client, callbacks)));
      client.release();
      runCallbacks(callbacks);
      return result;
    } catch (error) {
      // A connection that can't even roll back is thrown away instead of going back to the pool.
      const isUsable = !isConnectionLost(error) && (await rollBack(client));
      client.release(!isUsable);
      throw error;
    }
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw databaseUnavailable(error);
    }
  }

  openChannel(options: ChannelOptions): Promise<Channel> {
    return PostgresChannel.open(this.#url, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.end();
  }
}

async function runTransaction<Result>(
  client: pg.PoolClient,
  work: () => Promise<Result>,
): Promise<Result> {
  await client.query('begin').catch((error: unknown) => {
    throw translateQueryFailure(error);
  });
  const result = await work();
  const { command } = await client.query('commit').catch((error: unknown) => {
    throw translateCommitFailure(error);
  });
  // PostgreSQL answers so, and without an error, after a statement that failed.
  if (command === 'ROLLBACK') {
    throw new Error(
      'a statement of the transaction failed, and its work went on: it was rolled back',
    );
  }
  return result;
}

async function rollBack(client: pg.PoolClient): Promise<boolean> {
  return client.query('rollback').then(
    () => true,
    () => false,
  );
}
