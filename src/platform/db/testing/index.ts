/** For tests only: fresh databases of each dialect. */
export type { DoubtfulDatabase, DoubtfulOutcome } from './doubtful-database.ts';
export { type Gate, openGate } from './gate.ts';
export { makePostgresDatabase, postgresUrl } from './postgres-database.ts';
export { openTestDatabase, testDialects } from './test-databases.ts';
