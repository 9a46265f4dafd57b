/**
 * Lets so many pieces of work run at once and so many wait; says no to the rest at once, so that a
 * flood of expensive work neither grows without end nor starves everything else.
 */
export class WaitingLine {
  readonly #places: number;
  readonly #longest: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(options: { readonly running: number; readonly waiting: number }) {
    this.#places = options.running;
    this.#longest = options.waiting;
  }

  /** Runs the work when its turn comes; gives `undefined` at once when the line is full. */
  enter<Result>(work: () => Promise<Result>): Promise<Result> | undefined {
    if (this.#running < this.#places) return this.#run(work);
    if (this.#waiting.length >= this.#longest) return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    return promise.then(() => this.#work(work));
  }

  #run<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#running += 1;
    return this.#work(work);
  }

  async #work<Result>(work: () => Promise<Result>): Promise<Result> {
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
}
