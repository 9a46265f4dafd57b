import type { RepositoryName } from '#kernel';

/** What the token of a running attempt says: which attempt, of which repository, from which source. */
export interface AttemptPass {
  /** `41-2`. */
  readonly attemptId: string;
  readonly repositoryId: number;
  readonly repositoryName: RepositoryName;
  /** On the embedded git host. */
  readonly sourceName: RepositoryName;
}
