import type { Clock } from '#kernel';
import { gitEdgeErrors } from './git-edge-errors.ts';

export interface GitSlotsOptions {
  readonly clock: Clock;
  /** How many git processes run for clients at once. */
  readonly most: number;
}

interface Waiting {
  readonly owner: string;
  readonly begin: () => void;
}

/** How long somebody waits for a slot: a client shows nothing meanwhile. */
const patienceMilliseconds = 20_000;
const retryAfterSeconds = 30;
/** Waiting requests for each that may run. */
const waitingPerSlot = 4;

/**
 * Bounds how many git processes run for clients, and how many of them for one: half of all, so that
 * nobody keeps the others out. Who finds none waits in a line, which is bounded in the same way.
 */
export class GitSlots {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #mostOfOne: number;
  #running: readonly string[] = [];
  #line: readonly Waiting[] = [];

  constructor({ clock, most }: GitSlotsOptions) {
    this.#clock = clock;
    this.#most = most;
    this.#mostOfOne = Math.ceil(most / 2);
  }

  /**
   * A slot, which disposal gives back. Throws `GIT_BUSY` where the line is full or it takes too long, and
   * the signal's reason when it aborts.
   */
  async take(owner: string, signal: AbortSignal): Promise<Disposable> {
    if (!this.#hasRoom(owner)) await this.#wait(owner, signal);
    else this.#begin(owner);
    return { [Symbol.dispose]: () => this.#end(owner) };
  }

  async #wait(owner: string, signal: AbortSignal): Promise<void> {
    this.#assertLineHasRoom(owner);
    const turn = Promise.withResolvers<void>();
    const over = new AbortController();
    const waiting: Waiting = {
      owner,
      begin: () => {
        this.#begin(owner);
        turn.resolve();
      },
    };
    this.#line = [...this.#line, waiting];
    const patience = this.#clock
      .sleep(patienceMilliseconds, AbortSignal.any([signal, over.signal]))
      .then(() => {
        throw busy();
      });
    try {
      await Promise.race([turn.promise, patience]);
    } finally {
      over.abort();
      patience.catch(() => undefined);
      this.#line = this.#line.filter((other) => other !== waiting);
    }
  }

  #assertLineHasRoom(owner: string): void {
    const own = this.#line.filter((waiting) => waiting.owner === owner).length;
    const isFull =
      this.#line.length >= this.#most * waitingPerSlot || own >= this.#mostOfOne * waitingPerSlot;
    if (isFull) throw busy();
  }

  #hasRoom(owner: string): boolean {
    const own = this.#running.filter((other) => other === owner).length;
    return this.#running.length < this.#most && own < this.#mostOfOne;
  }

  #begin(owner: string): void {
    this.#running = [...this.#running, owner];
  }

  #end(owner: string): void {
    const index = this.#running.indexOf(owner);
    this.#running = this.#running.toSpliced(index, 1);
    const next = this.#line.find((waiting) => this.#hasRoom(waiting.owner));
    if (next === undefined) return;
    this.#line = this.#line.filter((waiting) => waiting !== next);
    next.begin();
  }
}

function busy(): Error {
  const message = 'too many clients use git here at the moment; try again in half a minute';
  return gitEdgeErrors.fail('GIT_BUSY', message, { detail: { retryAfterSeconds } });
}
