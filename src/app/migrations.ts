import { buildsMigrations } from '#builds';
import { hubMigrations } from '#hub';
import { identityMigrations } from '#identity';
import type { Migration } from '#platform/db';
import { jobsMigrations } from '#platform/jobs';
import { registryMigrations } from '#registry';
import { sourcesMigrations } from '#sources';

/** Every step of the schema, room by room, in the order in which a new database takes them. */
export const migrations: readonly Migration[] = [
  ...identityMigrations,
  ...hubMigrations,
  ...registryMigrations,
  ...sourcesMigrations,
  ...jobsMigrations,
  ...buildsMigrations,
];
