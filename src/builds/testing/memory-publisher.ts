import { AppError } from '#kernel';
import type { WriteTransaction } from '#platform/db';
import type { AttemptPushRules } from '../attempts/publish-attempt.ts';
import type { AttemptStage, ImagePublisher, TagOutcome } from '../image-publisher.ts';

/** A registry in memory: stages of attempts, and the tags that all see. Asks the rules of attempts. */
export class MemoryPublisher implements ImagePublisher {
  /** What everybody sees. */
  readonly tags = new Map<string, string>();
  readonly #stages = new Map<string, Map<string, string>>();
  readonly #rules: () => AttemptPushRules;
  /** Tags that may not move. */
  readonly immutable = new Set<string>();

  constructor(rules: () => AttemptPushRules) {
    this.#rules = rules;
  }

  stage(attemptId: string, tag: string, digest: string): void {
    const staged = this.#stages.get(attemptId) ?? new Map();
    this.#stages.set(attemptId, staged.set(tag, digest));
  }

  staged(attemptId: string): readonly string[] {
    return [...(this.#stages.get(attemptId)?.keys() ?? [])];
  }

  async publish(tx: WriteTransaction, stage: AttemptStage): Promise<readonly TagOutcome[]> {
    const outcomes: TagOutcome[] = [];
    for (const [tag, digest] of this.#stages.get(stage.attemptId) ?? []) {
      outcomes.push(await this.#move(tx, stage, { tag, digest }));
    }
    return outcomes;
  }

  async drop(_tx: WriteTransaction, { attemptId }: AttemptStage): Promise<void> {
    this.#stages.delete(attemptId);
  }

  async #move(
    tx: WriteTransaction,
    { repositoryId, attemptId }: AttemptStage,
    { tag, digest }: { readonly tag: string; readonly digest: string },
  ): Promise<TagOutcome> {
    if (this.immutable.has(tag)) {
      return { tag, digest, outcome: 'refused', message: `${tag} is immutable` };
    }
    try {
      await this.#rules().claimTag(tx, { repositoryId, tag, attemptId });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'TAG_OUTDATED') throw error;
      return { tag, digest, outcome: 'outdated', message: error.message };
    }
    this.tags.set(tag, digest);
    this.#stages.get(attemptId)?.delete(tag);
    return { tag, digest, outcome: 'moved' };
  }
}
