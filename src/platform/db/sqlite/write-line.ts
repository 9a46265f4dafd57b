/** Lets one piece of work run at a time, in the order they came. */
export class WriteLine {
  #last: Promise<unknown> = Promise.resolve();

  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  /** Resolves when nothing is left to run. */
  idle(): Promise<unknown> {
    return this.#last;
  }
}
