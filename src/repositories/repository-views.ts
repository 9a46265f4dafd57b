import { decideInRepository, type Principal, reachOf, sightOf } from '#access';
import type { RepositoryAction } from '#kernel';
import type { Database } from '#platform/db';
import { countCollaborators } from './collaborator-store.ts';
import type { GrantedRepository } from './granted-repository-store.ts';
import { type NamespacePage, pageOfNamespace } from './namespace-page-store.ts';
import { findOverview } from './overview-store.ts';
import type { Repository } from './repository-store.ts';
import { factsOf, requireGranted } from './require-repository.ts';

/** A repository, with what the one who looks at it may do there. */
export interface ViewedRepository extends Repository {
  readonly permissions: Permissions;
  /** How many people were given access to it by name. */
  readonly collaborators: number;
}

export interface Permissions {
  readonly read: boolean;
  readonly write: boolean;
  readonly admin: boolean;
}

/** Repositories as a client shows them, whose buttons depend on who looks. */
export interface RepositoryViews {
  /** Throws as `show` of the repositories does. */
  view(principal: Principal, name: string): Promise<ViewedRepository & { overview: string }>;
  /** What the principal may see of a namespace, by number of page; nothing of one that is not there. */
  viewNamespace(principal: Principal, page: NamespacePage): Promise<ViewedPage>;
}

export interface ViewedPage {
  readonly repositories: readonly ViewedRepository[];
  /** Of all pages together. */
  readonly count: number;
}

export function createRepositoryViews({
  database,
}: {
  readonly database: Database;
}): RepositoryViews {
  return {
    view: (principal, name) =>
      database.read(async (tx) => {
        const found = await requireGranted(tx, principal, { name }, 'viewRepository');
        const { id } = found.repository;
        const collaborators = await countCollaborators(tx, [id]);
        return {
          ...viewedBy(principal, found),
          collaborators: collaborators.get(id) ?? 0,
          overview: await findOverview(tx, id),
        };
      }),
    viewNamespace: (principal, page) =>
      database.read(async (tx) => {
        const seeing = { sight: sightOf(principal), reach: reachOf(principal) };
        const { repositories, count } = await pageOfNamespace(tx, seeing, page);
        const ids = repositories.map(({ repository }) => repository.id);
        const collaborators = await countCollaborators(tx, ids);
        const viewed = repositories.map((found) => ({
          ...viewedBy(principal, found),
          collaborators: collaborators.get(found.repository.id) ?? 0,
        }));
        return { repositories: viewed, count };
      }),
  };
}

function viewedBy(principal: Principal, found: GrantedRepository) {
  const facts = factsOf(found);
  const may = (action: RepositoryAction) => decideInRepository(principal, action, facts).isAllowed;
  return {
    ...found.repository,
    permissions: { read: may('pull'), write: may('push'), admin: may('editRepository') },
  };
}
