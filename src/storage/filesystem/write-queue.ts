import type { FileHandle } from 'node:fs/promises';

/** Past this many waiting bytes the sender has to wait. */
const mostWaitingBytes = 1024 * 1024;

/**
 * Writes chunks to a file one call after the other, each call with all chunks that came while the
 * last one ran: the sender goes on receiving and hashing meanwhile, and a file costs few calls.
 */
export class WriteQueue {
  readonly #file: Pick<FileHandle, 'writev'>;
  #position: number;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #running: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(file: Pick<FileHandle, 'writev'>, position: number) {
    this.#file = file;
    this.#position = position;
  }

  /** Resolves when more may be added. Throws when an earlier chunk could not be written. */
  async add(chunk: Uint8Array): Promise<void> {
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    this.#running ??= this.#writeWaiting();
    if (this.#waitingBytes > mostWaitingBytes) await this.written();
    this.#rethrow();
  }

  /** Resolves when everything that was added has been written. */
  async written(): Promise<void> {
    await this.#running;
    this.#rethrow();
  }

  async #writeWaiting(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const chunks = this.#waiting;
        this.#waiting = [];
        this.#waitingBytes = 0;
        await this.#writeAll(chunks);
      }
    } catch (error) {
      this.#failure = { error };
    }
    this.#running = undefined;
  }

  async #writeAll(chunks: readonly Uint8Array[]): Promise<void> {
    let rest = chunks;
    while (rest.length > 0) {
      const { bytesWritten } = await this.#file.writev(rest, this.#position);
      this.#position += bytesWritten;
      rest = withoutFirst(rest, bytesWritten);
    }
  }

  #rethrow(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

/** What is left of chunks once so many bytes of them are written: a disk may take a part only. */
function withoutFirst(chunks: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let left = bytes;
  for (const [index, chunk] of chunks.entries()) {
    if (left < chunk.length) return [chunk.subarray(left), ...chunks.slice(index + 1)];
    left -= chunk.length;
  }
  return [];
}
