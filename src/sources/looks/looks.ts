import { Worker } from '#platform/jobs';
import type { SourceId } from '../ref-changes.ts';
import { awaitDelivery } from './await-delivery.ts';
import { lookAtSource } from './look-at-source.ts';
import type { LookParts } from './look-parts.ts';
import { keepPoke, type Poke } from './poke.ts';

/** How many sources this server looks at at once. */
const concurrency = 4;
const retry = {
  firstMilliseconds: 5_000,
  longestMilliseconds: 300_000,
  mostFailures: Number.POSITIVE_INFINITY,
};

export interface Observation {
  readonly sourceId: SourceId;
  readonly poke: Poke;
  /** Aborts when it need not be waited for any more. */
  readonly signal?: AbortSignal;
}

/** The looks at sources that this server makes, and waits for. */
export class Looks implements AsyncDisposable {
  readonly #parts: LookParts;
  readonly #stop = new AbortController();
  readonly #worker: Promise<Worker>;

  constructor(parts: LookParts) {
    this.#parts = parts;
    this.#worker = this.#start();
  }

  /** See `Sources.observe`. */
  async observe({ sourceId, poke, signal }: Observation): Promise<void> {
    const { database } = this.#parts;
    const deliveryId = await database.transact((tx) =>
      keepPoke(tx, this.#parts, { sourceId, poke }),
    );
    if (deliveryId === undefined) return;
    const stop = this.#stop.signal;
    const patience = signal === undefined ? stop : AbortSignal.any([stop, signal]);
    await awaitDelivery(this.#parts, { sourceId, deliveryId, stop: patience });
  }

  async #start(): Promise<Worker> {
    await takeOver(this.#parts).catch((error: unknown) => {
      this.#parts.logger.error({ error }, 'looks of before could not be taken over yet');
    });
    return new Worker({
      ...this.#parts,
      retry,
      holder: this.#parts.ids.uuid(),
      concurrency,
      handle: (job) => lookAtSource(this.#parts, job),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await (await this.#worker)[Symbol.asyncDispose]();
  }
}

/** SQLite has one server: whoever held looks there is dead, and they need not wait until that shows. */
async function takeOver({ database, queue, clock }: LookParts): Promise<void> {
  if (database.dialect !== 'sqlite') return;
  const held = await database.read((tx) => queue.listExpired(tx, Number.MAX_SAFE_INTEGER));
  for (const lease of held) await database.transact((tx) => queue.release(tx, lease, clock.now()));
}
