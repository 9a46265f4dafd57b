import { join } from 'node:path';
import type { Clock, RepositoryName } from '#kernel';
import type { Database } from '#platform/db';
import type { GitRepository } from './git-repository.ts';
import { findRepository, keepKnownRefs, putRepository } from './git-repository-store.ts';
import { githostErrors } from './githost-errors.ts';
import { chooseDefaultBranch } from './repositories/default-branch-policy.ts';
import { assertFolder, ensureFolder } from './repositories/ensure-folder.ts';
import { type GitRef, listAbsentRefs, readFolderRefs } from './repositories/read-refs.ts';
import { repositoryFolder, repositoryFolderName } from './repositories/repository-folder.ts';
import { runGit } from './repositories/run-git.ts';

export interface GitHostOptions {
  readonly database: Database;
  readonly clock: Clock;
  /** One bare repository a row lies below it. Servers that share a database share it too. */
  readonly folder: string;
}

/** Bare repositories on this server's disk. Every method may be called by several at once. */
export interface GitHost {
  /** Where they lie: for git itself. */
  readonly folder: string;

  /**
   * The repository of that name, made empty where there is none. Throws `GIT_FAILED` where git is
   * missing or the folder can't be written; a later call goes on from there.
   */
  create(name: RepositoryName): Promise<GitRepository>;

  find(name: RepositoryName): Promise<GitRepository | undefined>;

  /**
   * What the repository's folder is called, once it is there. Throws `GIT_FAILED` where it can't be made,
   * and where one is missing that had something in it: that is trouble, and no empty repository.
   */
  folderNameOf(repository: GitRepository): Promise<string>;

  /** Which of these refs (`refs/tags/v1`) it has not. Throws `GIT_FAILED`. */
  listAbsent(repository: GitRepository, refs: readonly string[]): Promise<readonly string[]>;

  /** The name of a folder of an empty repository, which nobody pushes to. Throws `GIT_FAILED`. */
  emptyFolderName(): Promise<string>;

  /**
   * Its branches and tags as they point now. HEAD is made to name the default branch. Throws
   * `GIT_REPOSITORY_UNKNOWN`, and `GIT_REFS_UNREADABLE`: then nothing is known, and in particular not
   * that refs are gone.
   */
  readRefs(name: RepositoryName): Promise<GitRefs>;
}

export interface GitRefs {
  /** Tags as the commits they lead to. Those that lead to none are left out. */
  readonly refs: readonly GitRef[];
  /** Absent as long as there is no branch. */
  readonly defaultBranch: string | undefined;
}

export function createGitHost({ database, clock, folder }: GitHostOptions): GitHost {
  const find = (name: RepositoryName) => database.read((tx) => findRepository(tx, name));
  const require = async (name: RepositoryName) => {
    const found = await find(name);
    if (found !== undefined) return found;
    throw githostErrors.fail('GIT_REPOSITORY_UNKNOWN', `there is no git repository ${name}`);
  };
  const host: GitHost = {
    folder,
    find,
    async create(name) {
      const createdAt = clock.now();
      const repository =
        (await find(name)) ??
        (await database.transact((tx) => putRepository(tx, { name, createdAt })));
      await ensureFolder(repositoryFolder(folder, repository.id));
      return repository;
    },
    async folderNameOf({ id, knownRefs }) {
      const path = repositoryFolder(folder, id);
      await (knownRefs > 0 ? assertFolder(path) : ensureFolder(path));
      return repositoryFolderName(id);
    },
    listAbsent: ({ id }, refs) => listAbsentRefs(repositoryFolder(folder, id), refs),
    async emptyFolderName() {
      await ensureFolder(join(folder, emptyFolder));
      return emptyFolder;
    },
    async readRefs(name) {
      const repository = await require(name);
      try {
        const found = await readRefs(join(folder, await host.folderNameOf(repository)));
        const { length } = found.refs;
        if (length !== repository.knownRefs) {
          await database.transact((tx) => keepKnownRefs(tx, repository.id, length));
        }
        return found;
      } catch (cause) {
        const message = `the refs of the git repository ${name} can't be read: ${String(cause)}`;
        throw githostErrors.fail('GIT_REFS_UNREADABLE', message, { cause });
      }
    },
  };
  return host;
}

/** No repository is called so: they are called by numbers. */
const emptyFolder = 'empty.git';

async function readRefs(folder: string): Promise<GitRefs> {
  const found = await readFolderRefs(folder);
  const defaultBranch = chooseDefaultBranch(found);
  if (defaultBranch !== undefined && defaultBranch !== found.headBranch) {
    const run = ['symbolic-ref', 'HEAD', `refs/heads/${defaultBranch}`];
    await runGit({ folder, arguments: run });
  }
  return { refs: found.refs, defaultBranch };
}
