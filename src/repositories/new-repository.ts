import type { Principal } from '#access';
import type { Namespace } from '#accounts';
import { type Instant, namespaceOf, type RepositoryName, systemNamespaces } from '#kernel';
import type { WriteTransaction } from '#platform/db';
import { findDefaultPrivacy } from './namespace-settings-store.ts';
import { repositoriesErrors } from './repositories-errors.ts';
import { insertRepository, type Repository } from './repository-store.ts';
import { findToPush, requireNamespace, requireRepository } from './require-repository.ts';

/** What a new repository is when nobody says otherwise. */
export interface CreationDefaults {
  /** For namespaces without a default of their own. */
  readonly isPrivate: boolean;
  readonly createdAt: Instant;
}

interface RepositoryRequest {
  readonly name: RepositoryName;
  readonly isPrivate?: boolean;
  readonly description?: string;
  readonly overview?: string;
}

interface Creation {
  readonly principal: Principal;
  readonly request: RepositoryRequest;
  readonly defaults: CreationDefaults;
}

const longestDescription = 100;
const longestOverview = 25_000;

/** By hand. Throws `ACCESS_DENIED`, `REPOSITORY_TAKEN` and what the assertions below throw. */
export async function createRepository(
  tx: WriteTransaction,
  creation: Creation,
): Promise<Repository> {
  const { principal, request } = creation;
  assertDescription(request.description);
  assertOverview(request.overview);
  assertVisibility(request.name, request.isPrivate);
  const namespaceName = namespaceOf(request.name);
  const namespace = await requireNamespace(tx, principal, namespaceName, 'createRepository');
  const repository = await insertNew(tx, namespace, creation);
  if (repository !== undefined) return repository;
  throw repositoriesErrors.fail(
    'REPOSITORY_TAKEN',
    `the repository ${request.name} exists already`,
    {
      detail: { field: 'name' },
    },
  );
}

/** By a push, which finds what another push made a moment before. */
export async function ensureRepository(
  tx: WriteTransaction,
  creation: Creation,
): Promise<Repository> {
  const { principal, request } = creation;
  const { name } = request;
  const known = await findToPush(tx, principal, name);
  if (known !== undefined) return known;
  const namespace = await requireNamespace(tx, principal, namespaceOf(name), 'pushNewRepository');
  const created = await insertNew(tx, namespace, creation);
  if (created !== undefined) return created;
  return requireRepository(tx, principal, { name }, 'push');
}

/** Throws `DESCRIPTION_TOO_LONG`. */
export function assertDescription(description = ''): void {
  if (description.length <= longestDescription) return;
  throw repositoriesErrors.fail(
    'DESCRIPTION_TOO_LONG',
    `a short description has at most ${longestDescription} characters`,
    { detail: { field: 'description' } },
  );
}

/** Throws `OVERVIEW_TOO_LONG`. */
export function assertOverview(overview = ''): void {
  if (overview.length <= longestOverview) return;
  throw repositoriesErrors.fail(
    'OVERVIEW_TOO_LONG',
    `the page of a repository has at most ${longestOverview} characters`,
    { detail: { field: 'overview' } },
  );
}

/** Everybody pulls from system namespaces. Throws `VISIBILITY_FIXED`. */
export function assertVisibility(name: RepositoryName, isPrivate = false): void {
  if (!isPrivate || !isOfSystem(name)) return;
  throw repositoriesErrors.fail(
    'VISIBILITY_FIXED',
    `repositories of ${namespaceOf(name)} are public; use a namespace of your own for a private one`,
    { detail: { field: 'isPrivate' } },
  );
}

/** `undefined` when the name is taken. */
async function insertNew(
  tx: WriteTransaction,
  namespace: Namespace,
  { request, defaults }: Creation,
): Promise<Repository | undefined> {
  const isPrivate =
    request.isPrivate ??
    (!isOfSystem(request.name) &&
      ((await findDefaultPrivacy(tx, namespace.id)) ?? defaults.isPrivate));
  return insertRepository(tx, {
    namespaceId: namespace.id,
    name: request.name,
    isPrivate,
    description: request.description ?? '',
    overview: request.overview ?? '',
    createdAt: defaults.createdAt,
  });
}

function isOfSystem(name: RepositoryName): boolean {
  return (systemNamespaces as readonly string[]).includes(namespaceOf(name));
}
