import { includesAccess, namespaceAccess, type Principal, repositoryAccess } from '#access';
import { findNamespace, type Namespace } from '#accounts';
import type { Access } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import { repositoriesErrors } from './repositories-errors.ts';
import { factsOf, findRepositoryByName, type Repository } from './repository-store.ts';

/** A repository as one principal sees it. */
export interface VisibleRepository {
  readonly repository: Repository;
  readonly access: Exclude<Access, 'none'>;
}

interface Need {
  readonly principal: Principal;
  readonly name: string;
  readonly needed: Access;
}

type AnyTransaction = ReadTransaction | WriteTransaction;

/** What may not be seen is not there. */
export function seenBy(
  principal: Principal,
  repository: Repository | undefined,
): VisibleRepository | undefined {
  if (repository === undefined) return undefined;
  const access = repositoryAccess(principal, factsOf(repository));
  return access === 'none' ? undefined : { repository, access };
}

/** Throws `REPOSITORY_UNKNOWN` for what may not be seen, `ACCESS_DENIED` for too little access. */
export async function requireRepository(tx: AnyTransaction, need: Need): Promise<Repository> {
  return assertAccess(need, await findRepositoryByName(tx, need.name));
}

export function assertAccess(
  { principal, name, needed }: Need,
  repository: Repository | undefined,
): Repository {
  const seen = seenBy(principal, repository);
  if (seen === undefined) throw unknownRepository(name);
  if (includesAccess(seen.access, needed)) return seen.repository;
  throw denied(`${needed} access to the repository ${name}`);
}

/** Throws `ACCESS_DENIED`, also for a namespace that is not there: who is told so learns nothing. */
export async function requireNamespace(tx: AnyTransaction, need: Need): Promise<Namespace> {
  const namespace = await findNamespace(tx, need.name);
  if (namespace !== undefined) {
    const facts = { namespaceId: namespace.id, namespaceName: namespace.name };
    if (includesAccess(namespaceAccess(need.principal, facts), need.needed)) return namespace;
  }
  throw denied(`${need.needed} access to the namespace ${need.name}`);
}

function unknownRepository(name: string) {
  return repositoriesErrors.fail(
    'REPOSITORY_UNKNOWN',
    `there is no repository ${name.slice(0, 255)}, or you may not see it`,
  );
}

function denied(what: string) {
  return repositoriesErrors.fail('ACCESS_DENIED', `you need ${what}`);
}
