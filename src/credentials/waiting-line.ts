export interface WaitingLineOptions {
  readonly running: number;
  readonly waiting: number;
  /** How much of one party's work may run and wait; without it as much as there is room. */
  readonly ofOneParty?: number;
}

/**
 * Lets so many pieces of work run at once and so many wait; says no to the rest at once, so that a
 * flood of expensive work neither grows without end nor starves everything else. No party fills the
 * line alone.
 */
export class WaitingLine {
  readonly #options: WaitingLineOptions;
  readonly #waiting: (() => void)[] = [];
  readonly #inLine = new Map<string, number>();
  #running = 0;

  constructor(options: WaitingLineOptions) {
    this.#options = options;
  }

  /** Runs the work when its turn comes; gives `undefined` at once when there is no room. */
  enter<Result>(party: string, work: () => Promise<Result>): Promise<Result> | undefined {
    const { running, waiting, ofOneParty = Number.POSITIVE_INFINITY } = this.#options;
    const others = this.#inLine.get(party) ?? 0;
    if (others >= ofOneParty) return undefined;
    if (this.#running >= running && this.#waiting.length >= waiting) return undefined;
    this.#inLine.set(party, others + 1);
    return this.#whenItsTurn(work).finally(() => this.#forget(party));
  }

  async #whenItsTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running < this.#options.running) this.#running += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  /** Whoever leaves hands the place to the next in line, so that nobody can slip in between. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }

  #forget(party: string): void {
    const left = (this.#inLine.get(party) ?? 1) - 1;
    if (left === 0) this.#inLine.delete(party);
    else this.#inLine.set(party, left);
  }
}
