import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { SqlParameters } from '../database.ts';
import type { SqliteConnection } from './sqlite-connection.ts';

/**
 * A Kysely instance over one connection that is already open. Transactions are ours, not Kysely's:
 * `openSqlite` begins and commits around the work.
 */
export function kyselyOver(connection: SqliteConnection): Kysely<never> {
  const dialect: Dialect = {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new SingleConnectionDriver(connection),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
  return new Kysely<never>({ dialect });
}

class SingleConnectionDriver implements Driver {
  readonly #connection: DatabaseConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = new KyselyConnection(connection);
  }

  async init(): Promise<void> {}
  async destroy(): Promise<void> {}
  async releaseConnection(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  async beginTransaction(): Promise<void> {
    throw new Error('begin transactions with Database.transact');
  }

  async commitTransaction(): Promise<void> {
    throw new Error('transactions are committed by Database.transact');
  }

  async rollbackTransaction(): Promise<void> {
    throw new Error('transactions are rolled back by Database.transact');
  }
}

class KyselyConnection implements DatabaseConnection {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const parameters = query.parameters as SqlParameters;
    if (givesRows(query)) {
      return { rows: this.#connection.all(query.sql, parameters) as Row[] };
    }
    const { changes, lastRowId } = this.#connection.run(query.sql, parameters);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: lastRowId };
  }

  streamQuery(): never {
    throw new Error('results are not streamed: page them');
  }
}

function givesRows({ query, sql }: CompiledQuery): boolean {
  if (query.kind === 'SelectQueryNode') return true;
  if (query.kind === 'RawNode') return /^\s*(select|with|pragma)/i.test(sql);
  return 'returning' in query && query.returning !== undefined;
}
