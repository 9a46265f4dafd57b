export interface PatternMemoryOptions {
  readonly mostPatterns: number;
  /** Of all patterns together. */
  readonly mostSteps: number;
}

/** Remembers what was compiled, bounded in number and in size; what was used longest ago goes first. */
export class PatternMemory<Compiled extends { readonly steps: number }> {
  readonly #options: PatternMemoryOptions;
  readonly #patterns = new Map<string, Compiled>();
  #steps = 0;

  constructor(options: PatternMemoryOptions) {
    this.#options = options;
  }

  /** What `compile` throws is not remembered. */
  get(expression: string, compile: () => Compiled): Compiled {
    const known = this.#patterns.get(expression);
    const pattern = known ?? compile();
    this.#patterns.delete(expression);
    this.#patterns.set(expression, pattern);
    if (known === undefined) this.#makeRoom(pattern.steps);
    return pattern;
  }

  #makeRoom(added: number): void {
    this.#steps += added;
    const { mostPatterns, mostSteps } = this.#options;
    for (const [expression, { steps }] of this.#patterns) {
      if (this.#patterns.size <= mostPatterns && this.#steps <= mostSteps) return;
      this.#patterns.delete(expression);
      this.#steps -= steps;
    }
  }
}
