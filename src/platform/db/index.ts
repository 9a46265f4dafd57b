/**
 * platform/db: the database, in SQLite or PostgreSQL. Reading and transacting hand out different
 * types; a transaction resolves when it is durable; migrations run once, forward, in one order.
 */
export * from './database.ts';
export { type DatabaseErrorCode, databaseErrors, isCommitUnknown } from './database-errors.ts';
export { likeLiterally } from './like-literally.ts';
export { listStatement } from './list-statement.ts';
export { migrate } from './migrate.ts';
export type { ColumnTypes, Migration } from './migration.ts';
export { openPostgres, type PostgresOptions } from './postgres/open-postgres.ts';
export { openSqlite, type SqliteOptions } from './sqlite/open-sqlite.ts';
