import type { Clock } from '#kernel';
import type { Database } from '#platform/db';
import { createRepositoryManagement, type RepositoryManagement } from './manage-repositories.ts';
import { createRegistryRights, type RegistryRights } from './registry-rights.ts';

export interface RepositoriesOptions {
  readonly database: Database;
  readonly clock: Clock;
  /** What repositories are that nobody calls public or private, in namespaces that don't say. */
  readonly isPrivateByDefault: boolean;
}

/** Repositories as people see them, and what registry and token service ask about them. */
export interface Repositories extends RepositoryManagement {
  readonly registryRights: RegistryRights;
}

export function createRepositories(options: RepositoriesOptions): Repositories {
  const registryRights = createRegistryRights(options);
  const management = createRepositoryManagement({
    ...options,
    onChange: (name) => registryRights.forget(name),
  });
  return { ...management, registryRights };
}
