import {
  type BuildIdentity,
  buildAccess,
  namespaceAccess,
  type Principal,
  registryActionsOf,
  repositoryAccess,
} from '#access';
import { findNamespace, type Namespace } from '#accounts';
import {
  type Access,
  type Clock,
  namespaceOf,
  type RegistryAction,
  type RepositoryName,
} from '#kernel';
import { BoundedCache } from '#platform/cache';
import type { Database } from '#platform/db';
import { factsOf, findRepositoryByName, type Repository } from './repository-store.ts';

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
  /**
   * What a build of the namespace may read beside its own repository: the namespace's repositories,
   * and public ones.
   */
  findForBuild(
    build: { readonly namespaceName: string },
    name: RepositoryName,
  ): Promise<NameRights>;
  /** What a build of some repository may do with another one. */
  findForBuild(build: BuildIdentity, name: RepositoryName): Promise<NameRights>;
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
      const { repository, namespace } = await factsOfName(name);
      return repository === undefined
        ? rightsToMake(principal, namespace)
        : rightsWith(repository, repositoryAccess(principal, factsOf(repository)));
    },
    async findForBuild(build, name) {
      const { repository } = await factsOfName(name);
      if (repository === undefined) return { actions: [] };
      return rightsWith(repository, buildAccess(build, factsOf(repository)));
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

function rightsWith({ id }: Repository, access: Access): NameRights {
  const actions = registryActionsOf(access);
  return actions.length === 0 ? { actions } : { repositoryId: id, actions };
}

function rightsToMake(principal: Principal, namespace: Namespace | undefined): NameRights {
  if (namespace === undefined) return { actions: [] };
  const facts = { namespaceId: namespace.id, namespaceName: namespace.name };
  return { actions: registryActionsOf(namespaceAccess(principal, facts)) };
}
