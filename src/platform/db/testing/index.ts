/** For tests only: fresh databases of each dialect. */
export { makePostgresDatabase, postgresUrl } from './postgres-database.ts';
export { openTestDatabase, testDialects } from './test-databases.ts';
