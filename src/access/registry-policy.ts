import { namespaceOf, type RegistryAction, type RepositoryAction, registryActions } from '#kernel';
import type { Decision } from './decision.ts';
import {
  decideInNamespace,
  decideInRepository,
  type RepositoryFacts,
} from './permission-policy.ts';
import type { Principal } from './principal.ts';

/** What the registry calls `delete` is to delete images. */
const repositoryActionOf: Readonly<Record<RegistryAction, RepositoryAction>> = {
  pull: 'pull',
  push: 'push',
  delete: 'deleteImages',
};

/** A push to a name that no repository has makes one. */
export function decideInRegistry(
  principal: Principal,
  action: RegistryAction,
  facts: RepositoryFacts,
): Decision {
  if (action !== 'push' || facts.repositoryId !== undefined) {
    return decideInRepository(principal, repositoryActionOf[action], facts);
  }
  const namespace = { name: namespaceOf(facts.name), granted: facts.granted };
  const decision = decideInNamespace(principal, 'pushNewRepository', namespace);
  if (decision.isAllowed) return decision;
  // Who may not see a repository of that name is not told that there is none.
  const { isAllowed: isVisible } = decideInRepository(principal, 'viewRepository', facts);
  return { ...decision, isVisible };
}

/** All that the principal may do with a name through the registry. */
export function registryActionsIn(
  principal: Principal,
  facts: RepositoryFacts,
): readonly RegistryAction[] {
  return registryActions.filter((action) => decideInRegistry(principal, action, facts).isAllowed);
}
