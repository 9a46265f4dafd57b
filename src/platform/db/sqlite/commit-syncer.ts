import { fdatasync } from 'node:fs';
import { promisify } from 'node:util';

const sync = promisify(fdatasync);

/**
 * Makes commits durable together. With `synchronous=NORMAL` SQLite leaves a commit in the WAL
 * unsynced; one `fdatasync` of that file covers every commit written before it began, so all that
 * wait share it. A commit that comes while a sync runs waits for the next one.
 */
export class CommitSyncer {
  readonly #walFile: number;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(walFile: number) {
    this.#walFile = walFile;
  }

  /** Resolves when everything that was committed before this call is on disk. */
  durable(): Promise<void> {
    if (this.#running === undefined) return this.#start();
    this.#next ??= this.#running.then(
      () => this.#startNext(),
      () => this.#startNext(),
    );
    return this.#next;
  }

  #startNext(): Promise<void> {
    this.#next = undefined;
    return this.#start();
  }

  #start(): Promise<void> {
    const running = sync(this.#walFile).finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }
}
