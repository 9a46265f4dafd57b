import { buildsMigrations } from '#builds';
import { hubMigrations } from '#hub';
import { identityMigrations } from '#identity';
import type { Migration } from '#platform/db';
import { jobsMigrations } from '#platform/jobs';
import { registryMigrations } from '#registry';
import { sourcesMigrations } from '#sources';

/** Every step of the schema in its one order; new steps go to the end. */
export const migrations: readonly Migration[] = [
  ...identityMigrations,
  ...hubMigrations,
  ...registryMigrations,
  ...sourcesMigrations,
  ...jobsMigrations,
  ...buildsMigrations,
];
