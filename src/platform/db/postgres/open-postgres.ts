import {
  type CompiledQuery,
  type DatabaseConnection,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import pg from 'pg';
import type {
  Channel,
  ChannelOptions,
  Database,
  ReadTransaction,
  SqlParameters,
  Statement,
  WriteTransaction,
} from '../database.ts';
import { databaseFull } from '../database-errors.ts';
import { numberedParameters } from './numbered-parameters.ts';
import { PostgresChannel } from './postgres-channel.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  readonly connections?: number;
}

/** Serialization failure and deadlock: the work is run again, as the contract says. */
const retried: ReadonlySet<string> = new Set(['40001', '40P01']);
const mostTries = 5;
/** `disk_full` (PostgreSQL, appendix A). */
const diskFull = '53100';

// int8 and numeric come as text by default; every number of ours is below 2^53.
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);
types.setTypeParser(pg.types.builtins.NUMERIC, Number);

/** Opens PostgreSQL under READ COMMITTED; a commit is durable when the server says so. */
export function openPostgres(options: PostgresOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connections ?? 10,
    types,
  });
  // An idle connection that the server closes is replaced by the pool at the next query.
  pool.on('error', () => undefined);
  return new PostgresDatabase(pool, options.url);
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
        const code = error instanceof pg.DatabaseError ? error.code : undefined;
        if (code === diskFull) throw databaseFull(error);
        if (attempt >= mostTries || code === undefined || !retried.has(code)) throw error;
      }
    }
  }

  async #transactOnce<Result>(work: (tx: WriteTransaction) => Promise<Result>): Promise<Result> {
    const callbacks: (() => void)[] = [];
    const client = await this.#pool.connect();
    let broken: unknown;
    try {
      await client.query('begin');
      const result = await work(writeOver(client, callbacks));
      await client.query('commit');
      for (const callback of callbacks) callback();
      return result;
    } catch (error) {
      // A connection that can't even roll back is thrown away instead of going back to the pool.
      await client.query('rollback').catch((failure: unknown) => {
        broken = failure;
      });
      throw error;
    } finally {
      client.release(broken !== undefined);
    }
  }

  openChannel(options: ChannelOptions): Promise<Channel> {
    return PostgresChannel.open(this.#url, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.end();
  }
}

type Queryable = Pick<pg.Pool, 'query'> | Pick<pg.PoolClient, 'query'>;

function readOver(queryable: Queryable): ReadTransaction {
  const kysely = kyselyOver(queryable);
  return {
    dialect: 'postgres',
    tables: <Tables>() => kysely as unknown as Kysely<Tables>,
    all: async (statement, ...parameters) =>
      (await runStatement(queryable, statement, parameters)).rows as never[],
    first: async (statement, ...parameters) =>
      (await runStatement(queryable, statement, parameters)).rows[0] as never,
  };
}

function writeOver(client: Queryable, callbacks: (() => void)[]): WriteTransaction {
  const writing = {
    ...readOver(client),
    run: async (statement: Statement<SqlParameters, unknown>, ...parameters: SqlParameters) =>
      (await runStatement(client, statement, parameters)).rowCount ?? 0,
    afterCommit: (callback: () => void) => {
      callbacks.push(callback);
    },
  };
  return writing as unknown as WriteTransaction;
}

async function runStatement(
  queryable: Queryable,
  statement: { readonly text: string },
  parameters: SqlParameters,
): Promise<pg.QueryResult> {
  return queryable.query(numberedParameters(statement.text), [...parameters]);
}

/** Kysely as the builder and compiler of queries; the connection is the one it is given. */
function kyselyOver(queryable: Queryable): Kysely<never> {
  const connection: DatabaseConnection = {
    executeQuery: async <Row>(query: CompiledQuery): Promise<QueryResult<Row>> => {
      const result = await queryable.query(query.sql, [...query.parameters]);
      return { rows: result.rows as Row[], numAffectedRows: BigInt(result.rowCount ?? 0) };
    },
    streamQuery: () => {
      throw new Error('results are not streamed: page them');
    },
  };
  const refuse = async () => {
    throw new Error('transactions are made by Database.transact');
  };
  return new Kysely<never>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
      createDriver: () => ({
        init: async () => undefined,
        destroy: async () => undefined,
        acquireConnection: async () => connection,
        releaseConnection: async () => undefined,
        beginTransaction: refuse,
        commitTransaction: refuse,
        rollbackTransaction: refuse,
      }),
    },
  });
}
