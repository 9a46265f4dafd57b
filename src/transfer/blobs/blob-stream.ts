import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { digestAlgorithm } from '#kernel';
import { finishDigest } from '#platform/crypto';
import type { BlobDescriptor } from '../content/descriptor.ts';
import type { BlobConnection } from './blob-connection.ts';
import { blobMismatch } from './blob-mismatch.ts';

export interface BlobStreamOptions {
  readonly blob: BlobDescriptor;
  /** Where the blob comes from, for messages. */
  readonly host: string;
  /** Where in the blob the stream begins. */
  readonly from: number;
  readonly first: BlobConnection;
  /** The bytes from a place on, after a connection broke. */
  readonly reopen: (from: number) => Promise<BlobConnection>;
  /** An error of a connection, in our words. */
  readonly describe: (cause: unknown) => unknown;
}

/** A connection that brought so much was worth another one. */
const worthwhileBytes = 1024 * 1024;
const mostVainConnections = 3;

/** The bytes of one blob, checked as they flow, over as many connections as it takes. */
export class BlobStream extends Readable {
  readonly #options: BlobStreamOptions;
  readonly #hash;
  #connection: Readable;
  /** How many bytes the connection gives that are not wanted. */
  #surplus = 0;
  #at: number;
  #connectedAt: number;
  #vainConnections = 0;

  constructor(options: BlobStreamOptions) {
    super();
    this.#options = options;
    const { blob, from, first } = options;
    // What begins in the middle can't be told by the digest of the whole.
    this.#hash = from === 0 ? createHash(digestAlgorithm(blob.digest)) : undefined;
    this.#at = from;
    this.#connectedAt = from;
    this.#connection = this.#listen(first);
  }

  override _read(): void {
    this.#connection.resume();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#connection.destroy();
    callback(error);
  }

  #listen({ bytes, at }: BlobConnection): Readable {
    this.#surplus = this.#at - at;
    bytes.on('data', (chunk: Uint8Array) => this.#take(chunk));
    bytes.once('end', () => this.#finish());
    bytes.on('error', (cause) => {
      if (bytes === this.#connection && !this.destroyed) void this.#goOn(cause);
    });
    return bytes.pause();
  }

  #take(arrived: Uint8Array): void {
    const chunk = arrived.subarray(this.#surplus);
    this.#surplus -= arrived.length - chunk.length;
    if (this.destroyed || chunk.length === 0) return;
    this.#at += chunk.length;
    if (this.#at > this.#options.blob.size) return this.#fail('more than');
    this.#hash?.update(chunk);
    if (!this.push(chunk)) this.#connection.pause();
  }

  #finish(): void {
    if (this.destroyed) return;
    const { digest, size } = this.#options.blob;
    if (this.#at < size) return this.#fail('less than');
    const found = this.#hash && finishDigest(this.#hash, digestAlgorithm(digest));
    if (found !== undefined && found !== digest) return this.#fail('something else than');
    this.push(null);
  }

  #fail(what: string): void {
    this.destroy(blobMismatch(this.#options.host, this.#options.blob, what));
  }

  async #goOn(cause: unknown): Promise<void> {
    if (this.#at === this.#options.blob.size) return this.#finish();
    const isWorthwhile = this.#at - this.#connectedAt >= worthwhileBytes;
    this.#vainConnections = isWorthwhile ? 0 : this.#vainConnections + 1;
    try {
      if (this.#vainConnections > mostVainConnections) throw cause;
      this.#connectedAt = this.#at;
      this.#connection = this.#listen(await this.#options.reopen(this.#at));
      if (this.destroyed) this.#connection.destroy();
      else this.#connection.resume();
    } catch (error) {
      this.destroy(this.#options.describe(error) as Error);
    }
  }
}
