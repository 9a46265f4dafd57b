import { type Principal, sightOf } from '#access';
import {
  type Clock,
  type Instant,
  parseRepositoryName,
  type RepositoryAction,
  type RepositoryName,
} from '#kernel';
import type { Database, WriteTransaction } from '#platform/db';
import { assertImmutability } from './immutability.ts';
import { setDefaultPrivacy } from './namespace-settings-store.ts';
import {
  assertDescription,
  assertOverview,
  assertVisibility,
  type CreationDefaults,
  createRepository,
  ensureRepository,
} from './new-repository.ts';
import { listRepositories } from './repository-list-store.ts';
import {
  markDeleted,
  type Repository,
  type RepositoryChange,
  updateRepository,
} from './repository-store.ts';
import { findToPush, requireNamespace, requireRepository } from './require-repository.ts';

export interface NewRepository {
  /** `namespace/name`. */
  readonly name: string;
  /** Without it the namespace's default decides. */
  readonly isPrivate?: boolean;
  /** Up to 100 characters. */
  readonly description?: string;
  /** Its page: up to 25,000 characters of Markdown. */
  readonly overview?: string;
}

export interface RepositoryListRequest {
  /** Only of this namespace. */
  readonly namespace?: string;
  /** The last name of the page before. */
  readonly after?: string;
  readonly limit: number;
}

/**
 * Repositories as people see them: names, visibility, settings. What a principal may not see does
 * not exist for it: it throws `REPOSITORY_UNKNOWN`, word for word as a name that nobody has. What it
 * may see and not do throws `ACCESS_DENIED`, and `UNAUTHENTICATED` for nobody.
 */
export interface RepositoryManagement {
  /**
   * Makes an empty repository. Throws `NAME_INVALID`, `NAMESPACE_UNKNOWN`, `REPOSITORY_TAKEN`, `DESCRIPTION_TOO_LONG`,
   * `OVERVIEW_TOO_LONG`, `VISIBILITY_FIXED`.
   */
  create(principal: Principal, repository: NewRepository): Promise<Repository>;

  /**
   * The repository of this name for somebody who may push to it, made by this first push where there
   * is none, where they may `pushNewRepository`. May be called by many pushes at once.
   */
  ensureForPush(principal: Principal, name: RepositoryName): Promise<Repository>;

  show(principal: Principal, name: string): Promise<Repository>;

  /** The repository, for who may do this with it: for rooms that then do it by its id. */
  admit(principal: Principal, name: string, action: RepositoryAction): Promise<Repository>;

  /** What the principal may read, in the order of the names. */
  list(principal: Principal, request: RepositoryListRequest): Promise<readonly Repository[]>;

  /**
   * Edits what is given. Immutability holds for existing tags at once. Throws
   * `DESCRIPTION_TOO_LONG`, `OVERVIEW_TOO_LONG`, `VISIBILITY_FIXED`, `PATTERNS_INVALID`.
   */
  update(principal: Principal, name: string, change: RepositoryChange): Promise<Repository>;

  /**
   * From then on nobody sees the repository and pushes to it fail; its name is
   * free, its id is never used again. What hangs on the id is the caller's to clean up.
   */
  delete(principal: Principal, name: string): Promise<Repository>;

  /** What new repositories of a namespace are when nobody says; takes `admin` access to it. */
  setDefaultPrivacy(principal: Principal, namespace: string, isPrivate: boolean): Promise<void>;
}

export interface RepositoryManagementOptions {
  readonly database: Database;
  readonly clock: Clock;
  /** For namespaces that say nothing else. */
  readonly isPrivateByDefault: boolean;
  /** Told, after the commit, of every name whose repository has changed or gone. */
  readonly onChange: (name: RepositoryName) => void;
}

export function createRepositoryManagement(
  options: RepositoryManagementOptions,
): RepositoryManagement {
  return { ...createReading(options.database), ...createChanging(options) };
}

type Reading = Pick<RepositoryManagement, 'show' | 'admit' | 'list'>;

function createReading(database: Database): Reading {
  return {
    show: (principal, name) =>
      database.read((tx) => requireRepository(tx, principal, { name }, 'viewRepository')),
    admit: (principal, name, action) =>
      database.read((tx) => requireRepository(tx, principal, { name }, action)),
    list: (principal, { namespace, after = '', limit }) =>
      database.read((tx) => listRepositories(tx, sightOf(principal), { namespace, after, limit })),
  };
}

function createChanging(
  options: RepositoryManagementOptions,
): Omit<RepositoryManagement, keyof Reading> {
  const { database, clock, onChange } = options;
  const defaults = (): CreationDefaults => ({
    isPrivate: options.isPrivateByDefault,
    createdAt: clock.now(),
  });
  const administer = async <Result>(
    principal: Principal,
    { name: text, action }: { readonly name: string; readonly action: RepositoryAction },
    work: (tx: WriteTransaction, repository: Repository) => Promise<Result>,
  ) => {
    const name = parseRepositoryName(text);
    const result = await database.transact(async (tx) =>
      work(tx, await requireRepository(tx, principal, { name }, action)),
    );
    onChange(name);
    return result;
  };

  return {
    async create(principal, repository) {
      const request = { ...repository, name: parseRepositoryName(repository.name) };
      const creation = { principal, request, defaults: defaults() };
      return database.transact((tx) => createRepository(tx, creation));
    },
    async ensureForPush(principal, name) {
      const known = await database.read((tx) => findToPush(tx, principal, name));
      if (known !== undefined) return known;
      const creation = { principal, request: { name }, defaults: defaults() };
      return database.transact((tx) => ensureRepository(tx, creation));
    },
    update: (principal, name, wanted) =>
      administer(principal, { name, action: 'editRepository' }, (tx, repository) =>
        change(tx, repository, { ...wanted, editedAt: clock.now() }),
      ),
    delete: (principal, name) =>
      administer(principal, { name, action: 'deleteRepository' }, async (tx, repository) => {
        await markDeleted(tx, repository.id, clock.now());
        return repository;
      }),
    setDefaultPrivacy: (principal, name, isPrivate) =>
      database.transact(async (tx) => {
        const namespace = await requireNamespace(tx, principal, name, 'editNamespace');
        await setDefaultPrivacy(tx, namespace.id, isPrivate);
      }),
  };
}

async function change(
  tx: WriteTransaction,
  repository: Repository,
  { immutability: asked, ...wanted }: RepositoryChange & { readonly editedAt: Instant },
): Promise<Repository> {
  const immutability = typeof asked === 'function' ? asked(repository.immutability) : asked;
  const changed = {
    ...repository,
    isPrivate: wanted.isPrivate ?? repository.isPrivate,
    description: wanted.description ?? repository.description,
    immutability: immutability ?? repository.immutability,
    editedAt: wanted.editedAt,
  };
  assertDescription(changed.description);
  assertOverview(wanted.overview);
  assertVisibility(changed.name, changed.isPrivate);
  assertImmutability(changed.immutability);
  await updateRepository(tx, changed.id, {
    ...wanted,
    ...(immutability === undefined ? {} : { immutability }),
  });
  return changed;
}
