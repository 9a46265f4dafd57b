import {
  type Principal,
  type Reach,
  type RepositoryFacts,
  reachOf,
  registryActionsIn,
} from '#access';
import { findGrantedNamespace } from '#accounts';
import { type Clock, namespaceOf, type RegistryAction, type RepositoryName } from '#kernel';
import { BoundedCache } from '#platform/cache';
import type { Database } from '#platform/db';
import { findGrantedRepository } from './granted-repository-store.ts';
import { factsOf } from './visible-repository.ts';

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

const remembered = { capacity: 20_000, lifetimeMilliseconds: 4_000 };

export function createRegistryRights({
  database,
  clock,
}: {
  readonly database: Database;
  readonly clock: Clock;
}): RegistryRights {
  const known = new BoundedCache<RepositoryFacts | undefined>({ ...remembered, clock });
  const factsFor = async (principal: Principal, name: RepositoryName) => {
    const reach = reachOf(principal);
    const key = `${prefixOf(name)}${reach.granteeId ?? ''}/${reach.builtRepositoryId ?? ''}`;
    const facts = await known.get(key, () => loadFacts(database, reach, name));
    if (facts?.repositoryId === undefined) known.forget(key);
    return facts;
  };

  return {
    async find(principal, name) {
      const facts = await factsFor(principal, name);
      const actions = facts === undefined ? [] : registryActionsIn(principal, facts);
      const repositoryId = facts?.repositoryId;
      return repositoryId === undefined || actions.length === 0
        ? { actions }
        : { repositoryId, actions };
    },
    forget(name) {
      const prefix = prefixOf(name);
      known.forgetAll((key) => key.startsWith(prefix));
    },
  };
}

/** What the keys of a name begin with: no name has a space. */
function prefixOf(name: RepositoryName): string {
  return `${name} `;
}

/** A name that no repository has is a private one that is not there yet; none where no namespace is. */
async function loadFacts(
  database: Database,
  reach: Reach,
  name: RepositoryName,
): Promise<RepositoryFacts | undefined> {
  return database.read(async (tx) => {
    const found = await findGrantedRepository(tx, reach, { name });
    if (found !== undefined) return factsOf(found);
    const namespace = await findGrantedNamespace(tx, reach.granteeId, namespaceOf(name));
    return namespace && { name, isPrivate: true, granted: namespace.granted };
  });
}
