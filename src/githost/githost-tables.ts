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
}
