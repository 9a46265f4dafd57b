import {
  type Decision,
  decideInNamespace,
  decideInRepository,
  type Principal,
  type RepositoryFacts,
  reachOf,
  refusalOf,
} from '#access';
import { findGrantedNamespace, type Namespace } from '#accounts';
import type { NamespaceAction, RepositoryAction, RepositoryName } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import {
  findGrantedRepository,
  type GrantedRepository,
  type RepositoryKey,
} from './granted-repository-store.ts';
import { repositoriesErrors } from './repositories-errors.ts';
import type { Repository } from './repository-store.ts';

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
  return decide(principal, action, await findGrantedRepository(tx, reachOf(principal), key));
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
  return (await requireGranted(tx, principal, key, action)).repository;
}

/** As `requireRepository`, with how the principal stands to it. */
export async function requireGranted(
  tx: AnyTransaction,
  principal: Principal,
  key: RepositoryKey,
  action: RepositoryAction,
): Promise<GrantedRepository> {
  const found = await findGrantedRepository(tx, reachOf(principal), key);
  const repository = assertDecided(decide(principal, action, found), key);
  return { repository, granted: found?.granted };
}

/** As `requireRepository` for a push, but `undefined` for a name that no repository has. */
export async function findToPush(
  tx: AnyTransaction,
  principal: Principal,
  name: RepositoryName,
): Promise<Repository | undefined> {
  const found = await findGrantedRepository(tx, reachOf(principal), { name });
  return found && assertDecided(decide(principal, 'push', found), { name });
}

function decide(
  principal: Principal,
  action: RepositoryAction,
  found: GrantedRepository | undefined,
): RepositoryDecision {
  if (found === undefined) return { outcome: 'unknown' };
  const decision = decideInRepository(principal, action, factsOf(found));
  if (!decision.isAllowed && !decision.isVisible) return { outcome: 'unknown' };
  return { outcome: 'decided', repository: found.repository, decision };
}

function assertDecided(decided: RepositoryDecision, key: RepositoryKey): Repository {
  if (decided.outcome === 'unknown') throw unknown(key);
  if (!decided.decision.isAllowed) throw refusalOf(decided.decision);
  return decided.repository;
}

/** Throws as `requireRepository` does, to who may not also for a namespace that is not there. */
export async function requireNamespace(
  tx: AnyTransaction,
  principal: Principal,
  name: string,
  action: NamespaceAction,
): Promise<Namespace> {
  const found = await findGrantedNamespace(tx, reachOf(principal).granteeId, name);
  const decision = decideInNamespace(principal, action, { name, granted: found?.granted });
  if (!decision.isAllowed) throw refusalOf(decision);
  if (found !== undefined) return found.namespace;
  throw repositoriesErrors.fail('NAMESPACE_UNKNOWN', `there is no namespace ${name}`);
}

/** What a decision about a repository depends on. */
export function factsOf({ repository, granted }: GrantedRepository): RepositoryFacts {
  const { id: repositoryId, name, isPrivate } = repository;
  return { name, repositoryId, isPrivate, granted };
}

function unknown(key: RepositoryKey) {
  const name = 'name' in key ? key.name.slice(0, 255) : `with the id ${key.id}`;
  return repositoriesErrors.fail(
    'REPOSITORY_UNKNOWN',
    `there is no repository ${name}, or you may not see it`,
  );
}
