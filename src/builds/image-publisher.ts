import type { RepositoryName, TagOutcomeWord } from '#kernel';
import type { WriteTransaction } from '#platform/db';

/**
 * What builds need of the registry, satisfied by `app`: an attempt's pushes are kept on a stage, and
 * publishing moves the stage's tags for all to see, inside the caller's transaction.
 */
export interface ImagePublisher {
  /**
   * Moves every staged tag that the rules let move and that no newer build has set, and tells of each.
   */
  publish(
    tx: WriteTransaction,
    stage: AttemptStage,
    order: BuildOrder,
  ): Promise<readonly TagOutcome[]>;
  /** Throws away what the attempt has staged and not published. */
  drop(tx: WriteTransaction, attemptId: string): Promise<void>;
}

export interface AttemptStage {
  readonly repositoryId: number;
  readonly repositoryName: RepositoryName;
  readonly attemptId: string;
}

/** Which of two builds is the newer. */
export interface BuildOrder {
  /** Its place in the ref log: the larger is the newer. */
  readonly seq: number;
  readonly buildId: number;
}

export interface TagOutcome {
  readonly tag: string;
  readonly digest: string;
  /** `outdated`: a newer build has set the tag, no failure. `refused`: a rule forbids the move. */
  readonly outcome: TagOutcomeWord;
  /** For a tag that did not move: why, for people. */
  readonly message?: string;
}
