import { type RegistryAction, type RepositoryAction, registryActions } from '#kernel';
import { decideInRepository, type RepositoryFacts } from './decide.ts';
import type { Principal } from './principal.ts';

/** What the registry calls `delete` is to delete images. */
export const repositoryActionOf: Readonly<Record<RegistryAction, RepositoryAction>> = {
  pull: 'pull',
  push: 'push',
  delete: 'deleteImages',
};

/** What the principal may do with a repository through the registry. */
export function registryActionsIn(
  principal: Principal,
  facts: RepositoryFacts,
): readonly RegistryAction[] {
  return registryActions.filter(
    (action) => decideInRepository(principal, repositoryActionOf[action], facts).isAllowed,
  );
}
