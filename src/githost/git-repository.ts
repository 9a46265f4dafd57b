import type { Instant, RepositoryName } from '#kernel';

export type GitRepositoryId = number;

/** A bare repository that people push to. */
export interface GitRepository {
  readonly id: GitRepositoryId;
  /** Its address is `/git/<name>.git`. */
  readonly name: RepositoryName;
  readonly createdAt: Instant;
  /** How many branches and tags it had when they were read last. */
  readonly knownRefs: number;
}
