import { ownRole, type Principal, type RepositoryFacts, registryActionsIn } from '#access';
import { findNamespace, type Namespace } from '#accounts';
import { type Clock, namespaceOf, type RegistryAction, type RepositoryName } from '#kernel';
import { BoundedCache } from '#platform/cache';
import type { Database } from '#platform/db';
import { findRepositoryByName, type Repository } from './repository-store.ts';
import { factsFor } from './visible-repository.ts';

/** What a principal may do with one name through the registry. */
export interface NameRights {
  /** Absent where there is no repository: who may push makes one. */
  readonly repositoryId?: number;
  /** Empty for what the principal may not see, be it there or not. */
  readonly actions: readonly RegistryAction[];
}

/**
 * Rights for the registry's hot path. They are at most 4 seconds old, so that a change is felt
 * within 5 on every server; that something is missing is never remembered, so that what was made
 * through one server is found by the next.
 */
export interface RegistryRights {
  find(principal: Principal, name: RepositoryName): Promise<NameRights>;
  /** Drops what is remembered of a name that has changed. */
  forget(name: RepositoryName): void;
}

interface NameFacts {
  readonly repository: Repository | undefined;
  readonly namespace: Namespace | undefined;
}

const remembered = { capacity: 20_000, lifetimeMilliseconds: 4_000 };

export function createRegistryRights(options: {
  readonly database: Database;
  readonly clock: Clock;
}): RegistryRights {
  const facts = new BoundedCache<NameFacts>({ ...remembered, clock: options.clock });
  const factsOfName = async (name: RepositoryName) => {
    const known = await facts.get(name, () => loadFacts(options.database, name));
    if (known.repository === undefined) facts.forget(name);
    return known;
  };

  return {
    async find(principal, name) {
      const known = await factsOfName(name);
      const facts = factsOf(principal, name, known);
      const actions = facts === undefined ? [] : registryActionsIn(principal, facts);
      return known.repository === undefined || actions.length === 0
        ? { actions }
        : { repositoryId: known.repository.id, actions };
    },
    forget: (name) => facts.forget(name),
  };
}

async function loadFacts(database: Database, name: RepositoryName): Promise<NameFacts> {
  return database.read(async (tx) => {
    const repository = await findRepositoryByName(tx, name);
    if (repository !== undefined) return { repository, namespace: undefined };
    return { repository, namespace: await findNamespace(tx, namespaceOf(name)) };
  });
}

/** A name that no repository has is a private one that is not there yet. */
function factsOf(
  principal: Principal,
  name: RepositoryName,
  { repository, namespace }: NameFacts,
): RepositoryFacts | undefined {
  if (repository !== undefined) return factsFor(principal, repository);
  return namespace && { name, isPrivate: true, granted: ownRole(principal, namespace) };
}
