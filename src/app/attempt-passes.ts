import type { RepositoryName } from '#kernel';

/** What the token of a running attempt says: which attempt, and of which repository. */
export interface AttemptPass {
  /** `41-2`. */
  readonly attemptId: string;
  readonly repositoryId: number;
  readonly repositoryName: RepositoryName;
}
