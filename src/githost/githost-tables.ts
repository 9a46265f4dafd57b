import type { Generated } from 'kysely';
import type { RepositoryName } from '#kernel';

/** The tables of this room, as Kysely sees them. */
export interface GithostTables {
  git_repository: GitRepositoryTable;
}

interface GitRepositoryTable {
  readonly id: Generated<number>;
  readonly name: RepositoryName;
  readonly created_at: number;
  /** How many branches and tags there were when they were read last. */
  readonly known_refs: number;
}
