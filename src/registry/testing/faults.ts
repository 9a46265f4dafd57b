import { Readable } from 'node:stream';
import { type Database, databaseErrors } from '#platform/db';
import type { BlobStore, BlobWriter } from '#storage';

/**
 * What goes wrong. `killed`: the process ends before the step, and nothing after it happens. `failed`:
 * the step alone does not happen. `unheard`: it happens, and whoever asked is told that it failed.
 */
export type Fault = 'killed' | 'failed' | 'unheard';

/** Counts the steps that a registry takes in its database and its store, and lets one of them go wrong. */
export class Faults {
  #steps = 0;
  #isDead = false;
  readonly #at: number;
  readonly #fault: Fault;

  constructor(fault: Fault, at: number) {
    this.#fault = fault;
    this.#at = at;
  }

  /** Whether the step that should go wrong was reached. */
  get hasStruck(): boolean {
    return this.#steps >= this.#at;
  }

  inDatabase(database: Database): Database {
    const unheard = () => databaseErrors.fail('COMMIT_UNKNOWN', 'the database went away');
    return {
      dialect: database.dialect,
      read: (work) => this.#step(() => database.read(work)),
      transact: (work) => this.#step(() => database.transact(work), unheard),
      openChannel: (options) => database.openChannel(options),
      [Symbol.asyncDispose]: async () => undefined,
    };
  }

  inStore(store: BlobStore): BlobStore {
    return {
      write: async (key, options) => this.#inWriter(await this.#open(store, key, options)),
      read: (key, options) => this.#step(() => store.read(key, options)),
      readUnfinished: (key, token, options) =>
        this.#step(() => store.readUnfinished(key, token, options)),
      size: (key) => this.#step(() => store.size(key)),
      remove: (key) => this.#step(() => store.remove(key)),
      discard: (key) => this.#step(() => store.discard(key)),
      list: (prefix, page) => this.#step(() => store.list(prefix, page)),
      redirect: (key, options) => store.redirect(key, options),
    };
  }

  async #open(...[store, key, options]: [BlobStore, ...Parameters<BlobStore['write']>]) {
    let opened: BlobWriter | undefined;
    try {
      return await this.#step(async () => {
        opened = await store.write(key, options);
        return opened;
      });
    } catch (error) {
      await opened?.abort();
      throw error;
    }
  }

  /** A driver closes what it could not end. */
  #inWriter(writer: BlobWriter): BlobWriter {
    const end = async <Result>(work: () => Promise<Result>) => {
      try {
        return await this.#step(work);
      } catch (error) {
        await writer.abort();
        throw error;
      }
    };
    return {
      append: (chunk) => this.#step(() => writer.append(chunk)),
      flush: () => end(() => writer.flush()),
      finish: () => end(() => writer.finish()),
      abort: () => writer.abort(),
    };
  }

  async #step<Result>(
    work: () => Promise<Result>,
    unheard = () => new Error('nobody heard of it'),
  ): Promise<Result> {
    this.#steps += 1;
    if (this.#isDead) throw new Error('the process was killed');
    if (this.#steps !== this.#at) return work();
    if (this.#fault === 'unheard') {
      const result = await work();
      if (result instanceof Readable) result.destroy();
      throw unheard();
    }
    this.#isDead = this.#fault === 'killed';
    throw new Error('the step failed');
  }
}
