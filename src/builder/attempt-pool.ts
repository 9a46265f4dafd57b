import type { Assignment } from '#protocol';

/**
 * How an attempt ended here: with its end known to the server, or given up without a verdict, so that
 * the server has it run elsewhere, or later.
 */
export type AttemptEnd = 'told' | 'given_up';

/** Runs one attempt; never throws. The signal aborts when its sandbox is to be thrown away. */
export type AttemptRunner = (assignment: Assignment, signal: AbortSignal) => Promise<AttemptEnd>;

interface Entry {
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

/**
 * The attempts that this builder holds: at most `slots` run at once, and one that comes while an
 * ended one's sandbox is still being thrown away waits for its place.
 */
export class AttemptPool {
  readonly #slots: number;
  readonly #run: AttemptRunner;
  readonly #onEnd: (end: AttemptEnd) => void;
  readonly #entries = new Map<string, Entry>();
  readonly #waiting: (() => void)[] = [];
  readonly #idleListeners = new Set<() => void>();
  #busy = 0;

  /** `onEnd` hears of each attempt that is held no more. */
  constructor(slots: number, run: AttemptRunner, onEnd: (end: AttemptEnd) => void) {
    this.#slots = slots;
    this.#run = run;
    this.#onEnd = onEnd;
  }

  get attemptIds(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** An attempt that is here already is not started again. */
  start(assignment: Assignment): void {
    const { attemptId } = assignment;
    if (this.#entries.has(attemptId)) return;
    const controller = new AbortController();
    const done = this.#runInSlot(assignment, controller.signal).then((end) => {
      this.#entries.delete(attemptId);
      if (this.#entries.size === 0) for (const listener of this.#idleListeners) listener();
      this.#onEnd(end);
    });
    this.#entries.set(attemptId, { controller, done });
  }

  /** Throws the attempt's sandbox away. */
  end(attemptId: string, reason: string): void {
    this.#entries.get(attemptId)?.controller.abort(new Error(reason));
  }

  endAll(reason: string): void {
    for (const attemptId of this.#entries.keys()) this.end(attemptId, reason);
  }

  /** Aborts as soon as nothing runs. */
  idleSignal(): AbortSignal {
    const controller = new AbortController();
    const becomeIdle = () => {
      this.#idleListeners.delete(becomeIdle);
      controller.abort(new Error('nothing runs any more'));
    };
    if (this.#entries.size === 0) becomeIdle();
    else this.#idleListeners.add(becomeIdle);
    return controller.signal;
  }

  /** Resolves when every attempt that is here now has left nothing behind. */
  async settled(): Promise<void> {
    await Promise.all([...this.#entries.values()].map(({ done }) => done));
  }

  async #runInSlot(assignment: Assignment, signal: AbortSignal): Promise<AttemptEnd> {
    if (this.#busy < this.#slots) this.#busy += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return signal.aborted ? 'given_up' : await this.#run(assignment, signal);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#busy -= 1;
      else next();
    }
  }
}
