import { accountsMigrations } from '#accounts';
import { buildsMigrations } from '#builds';
import { credentialsMigrations } from '#credentials';
import type { Migration } from '#platform/db';
import { jobsMigrations } from '#platform/jobs';
import { registryMigrations } from '#registry';
import { repositoriesMigrations } from '#repositories';
import { sourcesMigrations } from '#sources';

/** Every step of the schema, room by room, in the order in which a new database takes them. */
export const migrations: readonly Migration[] = [
  ...accountsMigrations,
  ...credentialsMigrations,
  ...repositoriesMigrations,
  ...registryMigrations,
  ...sourcesMigrations,
  ...jobsMigrations,
  ...buildsMigrations,
];
