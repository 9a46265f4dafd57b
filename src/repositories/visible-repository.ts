import {
  type Decision,
  decideInNamespace,
  decideInRepository,
  ownRole,
  type Principal,
  type RepositoryFacts,
  refusalOf,
} from '#access';
import { findNamespace, type Namespace } from '#accounts';
import { type NamespaceAction, namespaceOf, type RepositoryAction } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import { repositoriesErrors } from './repositories-errors.ts';
import { findRepositoryById, findRepositoryByName, type Repository } from './repository-store.ts';

/** A repository as one principal sees it. */
export interface VisibleRepository {
  readonly repository: Repository;
  /** Whether the principal may do something else with it. */
  decide(action: RepositoryAction): Decision;
}

/** How a repository is asked for: by the name that people know, or by the number that rows hold. */
export type RepositoryKey = { readonly name: string } | { readonly id: number };

type AnyTransaction = ReadTransaction | WriteTransaction;

/** What came of asking for something to be done with a repository. */
export type RepositoryDecision =
  /** Nothing is there, as far as the principal may know. */
  | { readonly outcome: 'unknown' }
  | {
      readonly outcome: 'decided';
      readonly repository: Repository;
      readonly decision: Decision;
    };

/** Whether the principal may do this with a repository, and why; inside the caller's transaction. */
export async function decideFor(
  tx: AnyTransaction,
  principal: Principal,
  key: RepositoryKey,
  action: RepositoryAction,
): Promise<RepositoryDecision> {
  return decide(principal, action, await findRepository(tx, key));
}

/**
 * The repository, for a principal who may do this with it; inside the caller's transaction. Throws
 * `REPOSITORY_UNKNOWN` for what may not be seen, word for word as for what is not there; else
 * `UNAUTHENTICATED` to nobody and `ACCESS_DENIED` to all others who may not.
 */
export async function requireRepository(
  tx: AnyTransaction,
  principal: Principal,
  key: RepositoryKey,
  action: RepositoryAction,
): Promise<Repository> {
  const decided = await decideFor(tx, principal, key, action);
  return assertDecided(decided, 'name' in key ? key.name : `with the id ${key.id}`);
}

function decide(
  principal: Principal,
  action: RepositoryAction,
  repository: Repository | undefined,
): RepositoryDecision {
  if (repository === undefined) return { outcome: 'unknown' };
  const decision = decideInRepository(principal, action, factsFor(principal, repository));
  if (!decision.isAllowed && !decision.isVisible) return { outcome: 'unknown' };
  return { outcome: 'decided', repository, decision };
}

function assertDecided(decided: RepositoryDecision, name: string): Repository {
  if (decided.outcome === 'unknown') {
    throw repositoriesErrors.fail(
      'REPOSITORY_UNKNOWN',
      `there is no repository ${name.slice(0, 255)}, or you may not see it`,
    );
  }
  if (!decided.decision.isAllowed) throw refusalOf(decided.decision);
  return decided.repository;
}

/** As `requireRepository`, of a repository that was found. */
export function assertMayPush(principal: Principal, repository: Repository): Repository {
  return assertDecided(decide(principal, 'push', repository), repository.name);
}

/** What may not be seen is not there. */
export function seenBy(
  principal: Principal,
  repository: Repository | undefined,
): VisibleRepository | undefined {
  if (decide(principal, 'viewRepository', repository).outcome === 'unknown') return undefined;
  const seen = repository as Repository;
  const facts = factsFor(principal, seen);
  return {
    repository: seen,
    decide: (action) => decideInRepository(principal, action, facts),
  };
}

/** Throws as `requireRepository` does, also for a namespace that is not there. */
export async function requireNamespace(
  tx: AnyTransaction,
  principal: Principal,
  name: string,
  action: NamespaceAction,
): Promise<Namespace> {
  const namespace = await findNamespace(tx, name);
  const granted = namespace && ownRole(principal, namespace);
  const decision = decideInNamespace(principal, action, { name, granted });
  if (!decision.isAllowed) throw refusalOf(decision);
  if (namespace !== undefined) return namespace;
  throw repositoriesErrors.fail('NAMESPACE_UNKNOWN', `there is no namespace ${name}`);
}

/** What a decision about a repository depends on, for one principal. */
export function factsFor(principal: Principal, repository: Repository): RepositoryFacts {
  const { id: repositoryId, name, isPrivate, namespaceId: id } = repository;
  const granted = ownRole(principal, { id, name: namespaceOf(name) });
  return { name, repositoryId, isPrivate, granted };
}

async function findRepository(
  tx: AnyTransaction,
  key: RepositoryKey,
): Promise<Repository | undefined> {
  return 'name' in key ? findRepositoryByName(tx, key.name) : findRepositoryById(tx, key.id);
}
