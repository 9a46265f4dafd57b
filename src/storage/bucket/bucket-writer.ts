import { buffer } from 'node:stream/consumers';
import type { Ids } from '#kernel';
import type { BlobKey, BlobWriter, ResumeToken, Stoppable, WriteOptions } from '../blob-store.ts';
import { storageErrors } from '../storage-errors.ts';
import type { Bucket, PartUpload, StoredPart } from './bucket.ts';
import { type FlushedParts, formatToken, parseToken, sealOf } from './bucket-token.ts';

export interface BucketWriting {
  readonly bucket: Bucket;
  readonly partBytes: number;
  readonly ids: Ids;
}

/** Where a key's rests lie: apart from the keys themselves, so that no listing of those shows them. */
function restsOf(key: BlobKey): string {
  return `rests/${key}/`;
}

/** Removes what was flushed or begun under a key and is no object of it. */
export async function removeUnfinished(bucket: Bucket, key: BlobKey): Promise<void> {
  for (const id of await bucket.listUploads(key)) await bucket.dropParts({ key, id });
  const rests = await bucket.list(restsOf(key), { after: '', limit: 1000 });
  for (const rest of rests) await bucket.remove(rest);
}

export async function openBucketWriter(
  writing: BucketWriting,
  key: BlobKey,
  { resume, signal }: WriteOptions,
): Promise<BlobWriter> {
  signal?.throwIfAborted();
  const stop = { signal };
  const fresh = { upload: undefined, parts: [], rest: Buffer.alloc(0) };
  const held = resume === undefined ? fresh : await takeUp(writing.bucket, key, resume, stop);
  return new BucketWriter(writing, key, stop, { ...held, isResumed: resume !== undefined });
}

interface Held {
  readonly upload: PartUpload | undefined;
  readonly parts: readonly StoredPart[];
  /** The bytes behind the last part. */
  readonly rest: Uint8Array;
}

/** Finds again what a token stands for. Throws `BLOB_STORE_RESUME`. */
async function takeUp(
  bucket: Bucket,
  key: BlobKey,
  token: ResumeToken,
  stop: Stoppable,
): Promise<Held> {
  const flushed = parseToken(token);
  const upload = flushed.upload === undefined ? undefined : { key, id: flushed.upload };
  const stored = upload && (await bucket.listParts(upload));
  const parts = (stored ?? []).slice(0, flushed.parts);
  // A writer that lost its turn may have replaced a part since.
  if (parts.length < flushed.parts || sealOf(parts) !== flushed.seal) throw lost();
  return { upload, parts, rest: await readRest(bucket, key, flushed, stop) };
}

async function readRest(
  bucket: Bucket,
  key: BlobKey,
  { rest, restBytes }: FlushedParts,
  stop: Stoppable,
): Promise<Buffer> {
  if (rest === undefined) return Buffer.alloc(0);
  const stream = await bucket.get(`${restsOf(key)}${rest}`, stop);
  const bytes = stream && (await buffer(stream));
  if (bytes?.length !== restBytes) throw lost();
  return bytes;
}

function lost() {
  return storageErrors.fail('BLOB_STORE_RESUME', 'the parts that were flushed are gone');
}

/**
 * Gathers bytes until they fill a part. Parts are of one size, since a bucket takes a smaller one at
 * the end only; so `flush` puts what does not fill one into an object of its own, the rest.
 */
class BucketWriter implements BlobWriter {
  readonly #writing: BucketWriting;
  readonly #key: BlobKey;
  readonly #stop: Stoppable;
  readonly #isResumed: boolean;
  #upload: PartUpload | undefined;
  readonly #parts: StoredPart[];
  #waiting: Uint8Array[];
  #waitingBytes: number;

  constructor(
    writing: BucketWriting,
    key: BlobKey,
    stop: Stoppable,
    { upload, parts, rest, isResumed }: Held & { readonly isResumed: boolean },
  ) {
    this.#writing = writing;
    this.#key = key;
    this.#stop = stop;
    this.#isResumed = isResumed;
    this.#upload = upload;
    this.#parts = [...parts];
    this.#waiting = [rest];
    this.#waitingBytes = rest.length;
  }

  async append(chunk: Uint8Array): Promise<void> {
    this.#stop.signal?.throwIfAborted();
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    if (this.#waitingBytes < this.#writing.partBytes) return;
    const { partBytes } = this.#writing;
    let bytes = this.#takeWaiting();
    for (; bytes.length >= partBytes; bytes = bytes.subarray(partBytes)) {
      await this.#storePart(bytes.subarray(0, partBytes), this.#stop);
    }
    this.#waiting = [bytes];
    this.#waitingBytes = bytes.length;
  }

  async flush(): Promise<ResumeToken> {
    const { bucket, ids } = this.#writing;
    const bytes = this.#takeWaiting();
    const rest = bytes.length === 0 ? undefined : ids.uuid();
    if (rest !== undefined) await bucket.put(`${restsOf(this.#key)}${rest}`, bytes, {});
    return formatToken({
      upload: this.#upload?.id,
      parts: this.#parts.length,
      seal: sealOf(this.#parts),
      rest,
      restBytes: bytes.length,
    });
  }

  async finish(): Promise<void> {
    const { bucket } = this.#writing;
    const bytes = this.#takeWaiting();
    if (this.#upload === undefined) {
      await bucket.put(this.#key, bytes, {});
    } else {
      if (bytes.length > 0) await this.#storePart(bytes, {});
      await bucket.joinParts(this.#upload, this.#parts);
    }
    // The bytes are there, and what is left over harms nobody.
    if (this.#isResumed) await removeUnfinished(bucket, this.#key).catch(() => {});
  }

  async abort(): Promise<void> {
    this.#waiting = [];
    if (this.#isResumed || this.#upload === undefined) return;
    await this.#writing.bucket.dropParts(this.#upload).catch(() => {});
  }

  #takeWaiting(): Buffer {
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    return bytes;
  }

  async #storePart(bytes: Uint8Array, stop: Stoppable): Promise<void> {
    const { bucket } = this.#writing;
    this.#upload ??= { key: this.#key, id: await bucket.startParts(this.#key) };
    const number = this.#parts.length + 1;
    const tag = await bucket.putPart(this.#upload, { number, bytes }, stop);
    this.#parts.push({ number, tag });
  }
}
