import {
  type CompiledQuery,
  type DatabaseConnection,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import type pg from 'pg';
import type { ReadTransaction, SqlParameters, Statement, WriteTransaction } from '../database.ts';
import { requireStorable } from '../storable-text.ts';
import { numberedParameters } from './numbered-parameters.ts';
import { translateQueryFailure } from './postgres-failures.ts';

/** A pool, which takes any of its connections for each query, or one connection. */
export type Queryable = Pick<pg.Pool, 'query'> | Pick<pg.PoolClient, 'query'>;

export function readOver(queryable: Queryable): ReadTransaction {
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

export function writeOver(client: Queryable, callbacks: (() => void)[]): WriteTransaction {
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

function runStatement(
  queryable: Queryable,
  statement: { readonly text: string },
  parameters: SqlParameters,
): Promise<pg.QueryResult> {
  return runQuery(queryable, numberedParameters(statement.text), [...parameters]);
}

async function runQuery(
  queryable: Queryable,
  text: string,
  parameters: unknown[],
): Promise<pg.QueryResult> {
  requireStorable(parameters);
  try {
    return await queryable.query(text, parameters);
  } catch (error) {
    throw translateQueryFailure(error);
  }
}

/** Kysely as the builder and compiler of queries; the connection is the one it is given. */
function kyselyOver(queryable: Queryable): Kysely<never> {
  const connection: DatabaseConnection = {
    executeQuery: async <Row>(query: CompiledQuery): Promise<QueryResult<Row>> => {
      const result = await runQuery(queryable, query.sql, [...query.parameters]);
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
