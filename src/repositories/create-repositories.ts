import type { Principal } from '#access';
import { AppError, type Clock, type RepositoryName } from '#kernel';
import { type Database, databaseErrors } from '#platform/db';
import { createRepositoryManagement, type RepositoryManagement } from './manage-repositories.ts';
import {
  createRegistryRights,
  type RegistryAuthorization,
  type RegistryRights,
} from './registry-rights.ts';
import { createRepositoryViews, type RepositoryViews } from './repository-views.ts';
import { createSourceRights, type SourceRights } from './source-rights.ts';

export interface RepositoriesOptions {
  readonly database: Database;
  readonly clock: Clock;
  /** What repositories are that nobody calls public or private, in namespaces that don't say. */
  readonly isPrivateByDefault: boolean;
}

/** Repositories as people see them, and what registry, token service and git host ask about them. */
export interface Repositories extends RepositoryManagement, RepositoryViews {
  readonly registryRights: RegistryRights;
  readonly sourceRights: SourceRights;
}

export function createRepositories(options: RepositoriesOptions): Repositories {
  const registryRights = createRegistryRights({
    ...options,
    makeForPush: (principal, name) => makeForPush(management, principal, name),
  });
  const management = createRepositoryManagement({
    ...options,
    onChange: (name) => registryRights.forget(name),
  });
  const views = createRepositoryViews(options);
  return { ...management, ...views, registryRights, sourceRights: createSourceRights(options) };
}

async function makeForPush(
  management: RepositoryManagement,
  principal: Principal,
  name: RepositoryName,
): Promise<RegistryAuthorization> {
  try {
    const { id } = await management.ensureForPush(principal, name);
    return { outcome: 'granted', repositoryId: id };
  } catch (error) {
    // A database that is away refuses nobody.
    if (!(error instanceof AppError) || databaseErrors.is(error)) throw error;
    return { outcome: 'denied', message: error.message };
  }
}
