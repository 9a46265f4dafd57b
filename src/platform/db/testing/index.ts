/** For tests only: fresh databases of each dialect. */
export { openTestDatabase, testDialects } from './test-databases.ts';
