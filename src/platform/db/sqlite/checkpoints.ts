import { fstatSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

export interface CheckpointRequest {
  readonly id: number;
  /** `passive`: as far as nobody is in the way; `truncate`: all, and the WAL is empty then. */
  readonly kind: 'passive' | 'truncate' | 'close';
}

export interface CheckpointAnswer {
  readonly id: number;
  readonly isDone: boolean;
}

export interface CheckpointsOptions {
  readonly path: string;
  readonly walFile: number;
  readonly everyMilliseconds: number;
  /** Past this size the WAL is cut back; it never grows far beyond three times it. */
  readonly walBytes: number;
  /** Does something while nobody writes; see `CommitBatches.pauseFor`. */
  readonly pauseFor: (work: () => Promise<void>) => void;
}

/** Somebody else's long read keeps the WAL from being cut back; writers are not stopped for it at once again. */
const patienceMilliseconds = 5_000;

/** One course of cutting the WAL back. */
interface Course {
  readonly copied: Promise<boolean>;
  isQueued: boolean;
}

/**
 * Keeps the WAL small from a thread of its own. Under steady writes no checkpoint ever ends at the
 * WAL's end, from where it would begin anew. So once it is large it is copied beside the writers, who
 * then pause while the little that came meanwhile is copied too and the file is made empty; where it
 * grows faster than that, they pause for all of it.
 */
export class Checkpoints implements AsyncDisposable {
  readonly #options: CheckpointsOptions;
  readonly #asked = new Map<number, (isDone: boolean) => void>();
  #worker: Worker | undefined;
  #isClosing = false;
  #lastId = 0;
  #course: Course | undefined;
  #restsUntil = 0;

  constructor(options: CheckpointsOptions) {
    this.#options = options;
    this.#worker = this.#startWorker();
  }

  /** To be called when something was committed. */
  look(): void {
    const { walBytes, walFile } = this.#options;
    const { size } = fstatSync(walFile);
    if (size < walBytes || performance.now() < this.#restsUntil) return;
    const course = (this.#course ??= this.#begin());
    if (size >= 3 * walBytes) this.#cutBack(course);
  }

  /** Moves all of the WAL into the database file, durably; for a moment when nobody writes. */
  empty(): Promise<boolean> {
    return this.#ask('truncate');
  }

  #begin(): Course {
    const course = { copied: this.#ask('passive'), isQueued: false };
    void course.copied.then(() => this.#cutBack(course));
    return course;
  }

  #cutBack(course: Course): void {
    if (course.isQueued) return;
    course.isQueued = true;
    this.#options.pauseFor(async () => {
      await course.copied;
      const isEmpty = await this.empty();
      if (!isEmpty) this.#restsUntil = performance.now() + patienceMilliseconds;
      this.#course = undefined;
    });
  }

  /** `false` also when the thread ended before it answered. */
  #ask(kind: 'passive' | 'truncate'): Promise<boolean> {
    if (this.#isClosing) return Promise.resolve(false);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const request: CheckpointRequest = { id: (this.#lastId += 1), kind };
    this.#asked.set(request.id, resolve);
    this.#worker ??= this.#startWorker();
    // Whoever waits for the answer keeps the process running.
    this.#worker.ref();
    this.#worker.postMessage(request);
    return promise;
  }

  #startWorker(): Worker {
    const { path, everyMilliseconds } = this.#options;
    const worker = new Worker(new URL('./checkpoint-worker.ts', import.meta.url), {
      workerData: { path, everyMilliseconds },
    });
    worker.on('message', ({ id, isDone }: CheckpointAnswer) => this.#answer(id, isDone));
    // Its end follows. An error that nobody takes would end the server.
    worker.on('error', () => undefined);
    worker.once('exit', () => this.#forgetWorker());
    worker.unref();
    return worker;
  }

  /** The next question starts another. */
  #forgetWorker(): void {
    this.#worker = undefined;
    for (const id of this.#asked.keys()) this.#answer(id, false);
  }

  #answer(id: number, isDone: boolean): void {
    this.#asked.get(id)?.(isDone);
    this.#asked.delete(id);
    if (this.#asked.size === 0 && !this.#isClosing) this.#worker?.unref();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosing = true;
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.ref();
    worker.postMessage({ id: 0, kind: 'close' } satisfies CheckpointRequest);
    await ended;
  }
}
