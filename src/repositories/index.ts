/**
 * repositories: repositories as people see them. Names, visibility, descriptions, immutable tags, and
 * the rights that registry and token service ask for. Stores no images: the registry knows a
 * repository by its id and asks the rules of this room inside its own transactions.
 */
export {
  createRepositories,
  type Repositories,
  type RepositoriesOptions,
} from './create-repositories.ts';
export type { RepositoryKey } from './granted-repository-store.ts';
export { type Immutability } from './immutability.ts';
export type { NewRepository, RepositoryListRequest } from './manage-repositories.ts';
export {
  assertTagMayMove,
  assertTagsMayGo,
  assertTakesPushes,
  type TagMove,
  type TagRemoval,
} from './push-rules.ts';
export type {
  RegistryAuthorization,
  RegistryRequest,
  RegistryRights,
  RegistryVisitor,
} from './registry-rights.ts';
export { type RepositoriesErrorCode, repositoriesErrors } from './repositories-errors.ts';
export { repositoriesMigrations } from './repositories-migrations.ts';
export { requirePlace } from './repository-place-store.ts';
export { type Repository, type RepositoryChange, recordPush } from './repository-store.ts';
export type { Permissions, ViewedRepository } from './repository-views.ts';
export {
  decideFor,
  type RepositoryDecision,
  requireRepository,
} from './require-repository.ts';
export { decideSource, type NamedSource, type SourceRights } from './source-rights.ts';
