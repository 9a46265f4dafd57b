/**
 * hub: repositories as people see them. Names, visibility, descriptions, immutable tags, and who may
 * do what with a repository: pure decisions over facts. Stores no images: the registry knows a
 * repository by its id and asks the rules of this room inside its own transactions.
 */
export {
  type Access,
  type AccessFacts,
  accessLevels,
  type BuildIdentity,
  buildAccess,
  includesAccess,
  type NamespaceFacts,
  namespaceAccess,
  repositoryAccess,
} from './access-policy.ts';
export { type BuildAction, buildPermissions, mayBuild } from './build-permissions.ts';
export { createHub, type Hub, type HubOptions } from './create-hub.ts';
export { type HubErrorCode, hubErrors } from './hub-errors.ts';
export { hubMigrations } from './hub-migrations.ts';
export { type Immutability, type ImmutabilityMode, immutabilityModes } from './immutability.ts';
export {
  assertTagMayMove,
  assertTagsMayGo,
  assertTakesPushes,
  type TagMove,
  type TagRemoval,
} from './push-rules.ts';
export type { NameRights, RegistryRights } from './registry-rights.ts';
export type { NewRepository, Repositories, RepositoryListRequest } from './repositories.ts';
export { type Repository, type RepositoryChange, recordPush } from './repository-store.ts';
export type { VisibleRepository } from './visible-repository.ts';
