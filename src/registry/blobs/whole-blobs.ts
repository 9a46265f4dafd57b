import type { Clock, Digest, Instant } from '#kernel';
import type { BlobStore } from '#storage';
import type { LiveCopy } from './blob-row-store.ts';

const capacity = 10_000;
const lifetimeMilliseconds = 5 * 60_000;

export interface WholeBlobsParts {
  readonly store: BlobStore;
  readonly clock: Clock;
}

/**
 * Whether the store still holds as many bytes of a blob as it should. Whoever pushes is told when it
 * does not, and sends them again, which repairs them; nobody is asked while bytes are pulled. A push
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
  async ask(digest: Digest, { key, size }: LiveCopy): Promise<boolean> {
    const isWhole = (await this.#parts.store.size(key)) === size;
    if (isWhole) this.remember(digest);
    else this.forget(digest);
    return isWhole;
  }

  /** All its bytes were seen just now. */
  remember(digest: Digest): void {
    this.#knownUntil.delete(digest);
    this.#knownUntil.set(digest, this.#parts.clock.now() + lifetimeMilliseconds);
    if (this.#knownUntil.size <= capacity) return;
    const [oldest] = this.#knownUntil.keys();
    if (oldest !== undefined) this.#knownUntil.delete(oldest);
  }

  /** Bytes of it were missed. */
  forget(digest: Digest): void {
    this.#knownUntil.delete(digest);
  }
}
