import type { WriteTransaction } from '#platform/db';
import type { AttemptStage, BuildOrder, ImagePublisher, TagOutcome } from '../image-publisher.ts';

/** A registry in memory: stages of attempts, and the tags that all see. */
export class MemoryPublisher implements ImagePublisher {
  /** What everybody sees. */
  readonly tags = new Map<string, string>();
  readonly #stages = new Map<string, Map<string, string>>();
  readonly #orders = new Map<string, BuildOrder>();
  /** Tags that may not move. */
  readonly immutable = new Set<string>();
  /** Attempts whose stages can't be dropped. */
  readonly stuck = new Set<string>();

  stage(attemptId: string, tag: string, digest: string): void {
    const staged = this.#stages.get(attemptId) ?? new Map();
    this.#stages.set(attemptId, staged.set(tag, digest));
  }

  staged(attemptId: string): readonly string[] {
    return [...(this.#stages.get(attemptId)?.keys() ?? [])];
  }

  async publish(
    _tx: WriteTransaction,
    { attemptId }: AttemptStage,
    order: BuildOrder,
  ): Promise<readonly TagOutcome[]> {
    const staged = this.#stages.get(attemptId) ?? new Map<string, string>();
    return [...staged].map(([tag, digest]) => {
      const outcome = this.#move(tag, digest, order);
      if (outcome.outcome === 'moved') staged.delete(tag);
      return outcome;
    });
  }

  async drop(_tx: WriteTransaction, attemptId: string): Promise<void> {
    if (this.stuck.has(attemptId)) throw new Error(`the stage of ${attemptId} is stuck`);
    this.#stages.delete(attemptId);
  }

  #move(tag: string, digest: string, order: BuildOrder): TagOutcome {
    if (this.immutable.has(tag)) {
      return { tag, digest, outcome: 'refused', message: `${tag} is immutable` };
    }
    const last = this.#orders.get(tag);
    if (last !== undefined && last.seq > order.seq) {
      const message = `${tag} not moved: build ${last.buildId} is newer`;
      return { tag, digest, outcome: 'outdated', message };
    }
    this.#orders.set(tag, order);
    this.tags.set(tag, digest);
    return { tag, digest, outcome: 'moved' };
  }
}
