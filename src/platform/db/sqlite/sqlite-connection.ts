import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { SqlParameters, SqlValue } from '../database.ts';
import { databaseFull } from '../database-errors.ts';
import { requireStorable } from '../storable-text.ts';

/** Past this many statements the oldest prepared one is dropped. */
const keptStatements = 500;

/** One connection with its prepared statements. Every call is synchronous, as SQLite is. */
export class SqliteConnection {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string, options: { readonly readOnly: boolean }) {
    this.#database = new DatabaseSync(path, { readOnly: options.readOnly });
    this.#database.exec('pragma busy_timeout = 5000');
    this.#database.exec('pragma foreign_keys = on');
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  execute(text: string): void {
    translated(() => this.#database.exec(text));
  }

  all(text: string, parameters: SqlParameters): Record<string, SqlValue>[] {
    requireStorable(parameters);
    return translated(() => this.#prepared(text).all(...parameters) as Record<string, SqlValue>[]);
  }

  /** Gives how many rows it changed. */
  run(text: string, parameters: SqlParameters): { changes: number; lastRowId: bigint } {
    requireStorable(parameters);
    const result = translated(() => this.#prepared(text).run(...parameters));
    return { changes: Number(result.changes), lastRowId: BigInt(result.lastInsertRowid) };
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #prepared(text: string): StatementSync {
    const kept = this.#statements.get(text);
    if (kept !== undefined) return kept;
    const prepared = this.#database.prepare(text);
    if (this.#statements.size >= keptStatements) {
      const oldest = this.#statements.keys().next().value;
      if (oldest !== undefined) this.#statements.delete(oldest);
    }
    this.#statements.set(text, prepared);
    return prepared;
  }
}

/** `SQLITE_FULL` (SQLite, "Result and Error Codes"). */
const full = 13;

function translated<Result>(call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === full) {
      throw databaseFull(error);
    }
    throw error;
  }
}
