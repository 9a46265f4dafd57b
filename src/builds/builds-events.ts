/** What happened in this room, told after it is durable, to this process only. */
export type BuildsEvent =
  | { readonly type: 'build-changed'; readonly buildId: number; readonly repositoryId: number }
  | { readonly type: 'log-grew'; readonly attemptId: string }
  /** There may be something to lease. */
  | { readonly type: 'queue-changed' }
  /** The attempt has no rights any more. */
  | {
      readonly type: 'attempt-ended';
      readonly attemptId: string;
      readonly builder: string;
      readonly reason: string;
    }
  /** It connected, or has room again. */
  | { readonly type: 'builder-changed'; readonly builder: string };

/** Hints that save waiting: whoever listens polls as well, since other servers are not heard. */
export class BuildsEvents {
  readonly #listeners = new Set<(event: BuildsEvent) => void>();

  /** Gives the function that ends it. */
  on(listener: (event: BuildsEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  emit(event: BuildsEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
