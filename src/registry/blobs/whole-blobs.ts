import type { Clock, Digest, Instant } from '#kernel';
import type { Database } from '#platform/db';
import type { BlobStore } from '#storage';
import { condemnCopy, type LiveCopy, reinstateCopy } from './blob-row-store.ts';

const capacity = 10_000;
const lifetimeMilliseconds = 5 * 60_000;

export interface WholeBlobsParts {
  readonly database: Database;
  readonly store: BlobStore;
  readonly clock: Clock;
}

/**
 * Whether the store still holds as many bytes of a blob as it should. A copy that it does not is
 * condemned: what refers to the blob stays, whoever pushes is told to send the bytes again, which
 * makes it whole, and whoever pulls that it is missing. Nobody is asked while bytes are pulled. A push
 * asks for the same blob several times over: what was found whole is not asked for again for a while.
 */
export class WholeBlobs {
  readonly #parts: WholeBlobsParts;
  readonly #knownUntil = new Map<Digest, Instant>();

  constructor(parts: WholeBlobsParts) {
    this.#parts = parts;
  }

  isKnown(digest: Digest): boolean {
    return this.#parts.clock.now() < (this.#knownUntil.get(digest) ?? 0);
  }

  /** Asks the store, unless it is known. */
  async check(digest: Digest, copy: LiveCopy): Promise<boolean> {
    return this.isKnown(digest) || this.ask(digest, copy);
  }

  /** Asks the store, whatever is known: somebody brings the bytes since they may be gone. */
  async ask(digest: Digest, copy: LiveCopy): Promise<boolean> {
    if (await this.#isWhole(copy)) {
      this.remember(digest);
      return true;
    }
    await this.condemn(digest, copy);
    return false;
  }

  /** Bytes of it were missed. */
  async condemn(digest: Digest, { key }: LiveCopy): Promise<void> {
    this.forget(digest);
    await this.#parts.database.transact((tx) => condemnCopy(tx, { digest, key }));
  }

  /**
   * Of condemned copies, one that is whole after all: its disk was not mounted, or its server was not
   * heard. It counts again.
   */
  async reinstate(digest: Digest, condemned: readonly LiveCopy[]): Promise<LiveCopy | undefined> {
    for (const copy of condemned) {
      if (!(await this.#isWhole(copy))) continue;
      await this.#parts.database.transact((tx) => reinstateCopy(tx, { digest, key: copy.key }));
      this.remember(digest);
      return copy;
    }
    return undefined;
  }

  async #isWhole({ key, size }: LiveCopy): Promise<boolean> {
    return (await this.#parts.store.size(key)) === size;
  }

  /** All its bytes were seen just now. */
  remember(digest: Digest): void {
    this.#knownUntil.delete(digest);
    this.#knownUntil.set(digest, this.#parts.clock.now() + lifetimeMilliseconds);
    if (this.#knownUntil.size <= capacity) return;
    const [oldest] = this.#knownUntil.keys();
    if (oldest !== undefined) this.#knownUntil.delete(oldest);
  }

  forget(digest: Digest): void {
    this.#knownUntil.delete(digest);
  }
}
