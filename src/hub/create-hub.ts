import type { Clock } from '#kernel';
import type { Database } from '#platform/db';
import { createRegistryRights, type RegistryRights } from './registry-rights.ts';
import { createRepositories, type Repositories } from './repositories.ts';

export interface HubOptions {
  readonly database: Database;
  readonly clock: Clock;
  /** What repositories are that nobody calls public or private, in namespaces that don't say. */
  readonly isPrivateByDefault: boolean;
}

export interface Hub {
  readonly repositories: Repositories;
  readonly registryRights: RegistryRights;
}

export function createHub({ database, clock, isPrivateByDefault }: HubOptions): Hub {
  const registryRights = createRegistryRights({ database, clock });
  const repositories = createRepositories({
    database,
    clock,
    isPrivateByDefault,
    onChange: (name) => registryRights.forget(name),
  });
  return { repositories, registryRights };
}
