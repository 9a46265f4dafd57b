import { accountsMigrations } from '#accounts';
import { buildsMigrations } from '#builds';
import { credentialsMigrations } from '#credentials';
import { githostMigrations } from '#githost';
import type { Migration } from '#platform/db';
import { eventsMigrations } from '#platform/events';
import { jobsMigrations } from '#platform/jobs';
import { registryMigrations } from '#registry';
import { repositoriesMigrations } from '#repositories';
import { sourcesMigrations } from '#sources';
import { embeddedRepositories } from './embedded-repositories.ts';
import { knownRefs } from './known-refs.ts';
import { queuesById } from './queues-by-id.ts';

/**
 * Every step of the schema, room by room, in the order in which a new database takes them; last what
 * went from one room to another.
 */
export const migrations: readonly Migration[] = [
  ...accountsMigrations,
  ...credentialsMigrations,
  ...repositoriesMigrations,
  ...registryMigrations,
  ...sourcesMigrations,
  ...eventsMigrations,
  ...githostMigrations,
  ...jobsMigrations,
  ...buildsMigrations,
  {
    name: '0002-publish-order-to-the-registry',
    statements: () => [
      `insert into publish_order (repository_id, tag, position, label)
       select repository_id, tag, seq, 'build ' || build_id from tag_order`,
      `drop table tag_order`,
    ],
  },
  embeddedRepositories,
  queuesById,
  knownRefs,
];
