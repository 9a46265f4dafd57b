import { findNamespace, type Principal } from '#identity';
import { type Clock, parseRepositoryName, type RepositoryName } from '#kernel';
import type { Database, ReadTransaction, WriteTransaction } from '#platform/db';
import { type Access, visibleRepositories } from './access-policy.ts';
import { assertImmutability, type Immutability } from './immutability.ts';
import { deleteImmutability, findImmutability, updateImmutability } from './immutability-store.ts';
import { setDefaultPrivacy } from './namespace-settings-store.ts';
import {
  assertDescription,
  assertVisibility,
  createRepository,
  ensureRepository,
} from './new-repository.ts';
import {
  findRepositoryById,
  findRepositoryByName,
  listRepositories,
  markDeleted,
  type Repository,
  type RepositoryChange,
  updateRepository,
} from './repository-store.ts';
import {
  assertAccess,
  requireNamespace,
  requireRepository,
  seenBy,
  unknownRepository,
  type VisibleRepository,
} from './visible-repository.ts';

export interface NewRepository {
  /** `namespace/name`. */
  readonly name: string;
  /** Without it the namespace's default decides. */
  readonly isPrivate?: boolean;
  /** Up to 100 characters. */
  readonly description?: string;
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
 * may see and not do throws `ACCESS_DENIED`.
 */
export interface Repositories {
  /**
   * Makes an empty repository; takes `admin` access to its namespace. Throws `NAME_INVALID`,
   * `ACCESS_DENIED`, `REPOSITORY_TAKEN`, `DESCRIPTION_TOO_LONG`, `VISIBILITY_FIXED`.
   */
  create(principal: Principal, repository: NewRepository): Promise<Repository>;

  /**
   * The repository of this name for somebody who may push to it, made by this first push where there
   * is none; `write` access to the namespace is enough. May be called by many pushes at once.
   */
  ensureForPush(principal: Principal, name: RepositoryName): Promise<Repository>;

  find(principal: Principal, name: string): Promise<VisibleRepository | undefined>;
  findById(principal: Principal, id: number): Promise<VisibleRepository | undefined>;

  /** The repository for somebody who has this access to it. */
  require(principal: Principal, name: string, needed: Access): Promise<Repository>;

  /** What the principal may read, in the order of the names. */
  list(principal: Principal, request: RepositoryListRequest): Promise<readonly Repository[]>;

  /** Takes `admin` access. Throws `DESCRIPTION_TOO_LONG`, `VISIBILITY_FIXED`. */
  update(principal: Principal, name: string, change: RepositoryChange): Promise<Repository>;

  /** Takes `read` access. */
  immutability(principal: Principal, name: string): Promise<Immutability>;

  /** Takes `admin` access. Holds for existing tags at once. Throws `PATTERNS_INVALID`. */
  setImmutability(principal: Principal, name: string, immutability: Immutability): Promise<void>;

  /**
   * Takes `admin` access. From then on nobody sees the repository and pushes to it fail; its name is
   * free, its id is never used again. What hangs on the id is the caller's to clean up.
   */
  delete(principal: Principal, name: string): Promise<Repository>;

  /** What new repositories of a namespace are when nobody says; takes `admin` access to it. */
  setDefaultPrivacy(principal: Principal, namespace: string, isPrivate: boolean): Promise<void>;
}

export interface RepositoriesOptions {
  readonly database: Database;
  readonly clock: Clock;
  /** For namespaces that say nothing else. */
  readonly isPrivateByDefault: boolean;
  /** Told, after the commit, of every name whose repository has changed. */
  readonly onChange: (name: RepositoryName) => void;
}

export function createRepositories(options: RepositoriesOptions): Repositories {
  const { database, onChange } = options;
  const change = async (
    text: string,
    work: (tx: WriteTransaction, name: RepositoryName) => Promise<Repository>,
  ) => {
    const name = parseRepositoryName(text);
    return database.transact((tx) => {
      tx.afterCommit(() => onChange(name));
      return work(tx, name);
    });
  };

  return {
    ...createReading(database),
    create: (principal, repository) =>
      change(repository.name, (tx, name) =>
        createRepository(tx, {
          principal,
          request: { ...repository, name },
          defaults: defaultsNow(options),
        }),
      ),
    async ensureForPush(principal, name) {
      const known = await database.read((tx) => findRepositoryByName(tx, name));
      if (known !== undefined) return assertAccess({ principal, name, needed: 'write' }, known);
      return change(name, (tx) =>
        ensureRepository(tx, { principal, request: { name }, defaults: defaultsNow(options) }),
      );
    },
    update: (principal, text, wanted) =>
      change(text, async (tx, name) => {
        const repository = await requireRepository(tx, { principal, name, needed: 'admin' });
        assertDescription(wanted.description);
        assertVisibility(name, wanted.isPrivate);
        await updateRepository(tx, repository.id, wanted);
        return { ...repository, ...wanted };
      }),
    setImmutability: async (principal, text, immutability) => {
      assertImmutability(immutability);
      await change(text, async (tx, name) => {
        const repository = await requireRepository(tx, { principal, name, needed: 'admin' });
        await updateImmutability(tx, repository.id, immutability);
        return repository;
      });
    },
    delete: (principal, text) =>
      change(text, async (tx, name) => {
        const repository = await requireRepository(tx, { principal, name, needed: 'admin' });
        await deleteImmutability(tx, repository.id);
        await markDeleted(tx, repository.id, options.clock.now());
        return repository;
      }),
    setDefaultPrivacy: (principal, name, isPrivate) =>
      database.transact(async (tx) => {
        const namespace = await requireNamespace(tx, { principal, name, needed: 'admin' });
        await setDefaultPrivacy(tx, namespace.id, isPrivate);
      }),
  };
}

type Reading = Pick<Repositories, 'find' | 'findById' | 'require' | 'list' | 'immutability'>;

function createReading(database: Database): Reading {
  return {
    find: (principal, name) =>
      database.read(async (tx) => seenBy(principal, await findRepositoryByName(tx, name))),
    findById: (principal, id) =>
      database.read(async (tx) => seenBy(principal, await findRepositoryById(tx, id))),
    require: (principal, name, needed) =>
      database.read((tx) => requireRepository(tx, { principal, name, needed })),
    list: (principal, request) => database.read((tx) => list(tx, principal, request)),
    immutability: (principal, name) =>
      database.read(async (tx) => {
        const { id } = await requireRepository(tx, { principal, name, needed: 'read' });
        const immutability = await findImmutability(tx, id);
        if (immutability === undefined) throw unknownRepository(name);
        return immutability;
      }),
  };
}

async function list(
  tx: ReadTransaction,
  principal: Principal,
  { namespace: name, after = '', limit }: RepositoryListRequest,
): Promise<readonly Repository[]> {
  const visible = visibleRepositories(principal);
  if (name === undefined) return listRepositories(tx, visible, { after, limit });
  const namespace = await findNamespace(tx, name);
  if (namespace === undefined) return [];
  return listRepositories(tx, visible, { namespaceId: namespace.id, after, limit });
}

function defaultsNow({ clock, isPrivateByDefault }: RepositoriesOptions) {
  return { isPrivate: isPrivateByDefault, createdAt: clock.now() };
}
