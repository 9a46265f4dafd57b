import { Readable } from 'node:stream';
import type { BlobDescriptor } from '../content/descriptor.ts';
import type { BlobSource } from '../registry-client.ts';
import { transferErrors } from '../transfer-errors.ts';

/** A source that was opened, and how far it has been read. */
interface OpenSource {
  readonly stream: Readable;
  readonly chunks: AsyncIterator<Uint8Array>;
  at: number;
  /** What was read and belongs to the next piece. */
  rest: Uint8Array;
  failure?: unknown;
}

/** Reads a blob that is sent, piece by piece; opens its source again only to go back. */
export class BlobReader implements AsyncDisposable {
  readonly #source: BlobSource;
  readonly #blob: BlobDescriptor;
  #open: OpenSource | undefined;

  constructor(source: BlobSource, blob: BlobDescriptor) {
    this.#source = source;
    this.#blob = blob;
  }

  /** The bytes from one place to before another. A piece ends the one before it. */
  async piece(from: number, end: number): Promise<Uint8Array | Readable> {
    if (typeof this.#source !== 'function') return this.#source.subarray(from, end);
    if (this.#open?.at !== from) {
      this.#close();
      const stream = await this.#source(from);
      const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
      this.#open = { stream, chunks, at: from, rest: new Uint8Array() };
    }
    return Readable.from(this.#readUntil(this.#open, end), { objectMode: false });
  }

  /** The source's own error, where it is to blame for a request that failed. */
  get failure(): unknown {
    return this.#open?.failure;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
  }

  async *#readUntil(source: OpenSource, end: number): AsyncGenerator<Uint8Array> {
    while (source.at < end) {
      const chunk = source.rest.length > 0 ? source.rest : await this.#next(source);
      const part = chunk.subarray(0, end - source.at);
      source.rest = chunk.subarray(part.length);
      source.at += part.length;
      yield part;
    }
  }

  async #next(source: OpenSource): Promise<Uint8Array> {
    try {
      const { done, value } = await source.chunks.next();
      if (done !== true) return value;
    } catch (error) {
      source.failure = error;
      throw error;
    }
    const { digest, size } = this.#blob;
    const message = `the source of ${digest} ended after ${source.at} of ${size} bytes`;
    source.failure = transferErrors.fail('CONTENT_MISMATCH', message, { detail: { digest } });
    throw source.failure;
  }

  #close(): void {
    // Whoever waits for its next chunk is not listened to any more.
    this.#open?.stream.on('error', () => undefined).destroy();
    this.#open = undefined;
  }
}
