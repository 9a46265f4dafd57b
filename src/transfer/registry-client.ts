import type { Readable } from 'node:stream';
import type { Digest, Reference, Tag } from '#kernel';
import type { BlobDescriptor, Content, Descriptor } from './content/descriptor.ts';

/**
 * A registry anywhere, spoken to in the OCI distribution protocol. Everything may be called many times
 * at once; connections and tokens are shared.
 *
 * Every method can throw `REGISTRY_UNREACHABLE`, `REGISTRY_BUSY`, `REGISTRY_FAILED`, `REGISTRY_DENIED`,
 * `REGISTRY_REFUSED` and `REGISTRY_ANSWER_INVALID`, and throws the signal's reason when it aborts. What
 * a registry hides and what it does not have look alike. Nothing is tried again by itself, but for a
 * request whose token had to be renewed and a stream that can go on where it broke.
 */
export interface RegistryClient extends AsyncDisposable {
  /** `registry.example.com:5000`. */
  readonly host: string;

  /** Resolves when it is a registry that answers, and takes the credential. */
  ping(options?: CallOptions): Promise<void>;

  /**
   * A repository by its whole name; asks the registry nothing. Throws `NAME_INVALID`: foreign names may
   * have one part only.
   */
  repository(name: string): RemoteRepository;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface RemoteRepository {
  readonly name: string;

  /**
   * A manifest or an index; `undefined` where there is none. By a digest it is checked against that,
   * by a tag against the digest that the registry names: `CONTENT_MISMATCH`. One of more than 4 MiB,
   * or of no `application/…json` type, is `REGISTRY_ANSWER_INVALID`.
   */
  getManifest(reference: Reference, options?: CallOptions): Promise<Content | undefined>;

  /** What `getManifest` would give, without the bytes where the registry tells enough about them. */
  findManifest(reference: Reference, options?: CallOptions): Promise<Descriptor | undefined>;

  /**
   * Keeps a manifest under a tag, or under its digest alone. What it refers to must be there already:
   * else `REGISTRY_REFUSED`. The registry's word for its digest is checked: `CONTENT_MISMATCH`.
   */
  putManifest(reference: Reference, manifest: Content, options?: CallOptions): Promise<void>;

  /** Removes a tag or, by digest, a manifest; gives false where there was none. */
  deleteManifest(reference: Reference, options?: CallOptions): Promise<boolean>;

  /**
   * All tags in the registry's order, whose pages are asked for while they are read. Throws
   * `REPOSITORY_UNKNOWN`. Tags that come and go meanwhile may be in it or not.
   */
  listTags(options?: CallOptions): AsyncIterable<Tag>;

  /** Whether the repository has the blob, and its size. */
  findBlob(digest: Digest, options?: CallOptions): Promise<BlobDescriptor | undefined>;

  /**
   * A blob's bytes; `undefined` where it is missing. The stream fails with `CONTENT_MISMATCH` as soon as
   * there is a byte too many or too few, and at its end, before it ends, when they are not the digest's.
   * It goes on by itself after a broken connection as long as that brings something new. Whoever stops
   * reading destroys it. Slow readers slow the registry down; nothing piles up.
   */
  openBlob(blob: BlobDescriptor, options?: OpenBlobOptions): Promise<Readable | undefined>;

  /**
   * Sends a blob. A mount that the registry does not make becomes an upload. An upload in chunks goes on
   * where the registry says it stands, when a connection broke and the last one got something across.
   * A source that fails ends it with the source's error, one that ends too early with
   * `CONTENT_MISMATCH`; bytes that are not the digest's the registry refuses: `REGISTRY_REFUSED`. What
   * was begun and not finished expires at the registry.
   */
  putBlob(
    blob: BlobDescriptor,
    source: BlobSource,
    options?: PutBlobOptions,
  ): Promise<PutBlobResult>;
}

export interface OpenBlobOptions extends CallOptions {
  /**
   * Leaves out so many bytes, fewer than there are. The digest speaks of the whole: nobody can check a
   * part, so that who puts it together has to.
   */
  readonly from?: number;
}

/** The bytes of a blob, or how to read them from a place in it, which may be asked for several times. */
export type BlobSource = Uint8Array | ((from: number) => Readable | Promise<Readable>);

export interface PutBlobOptions extends CallOptions {
  /** A repository of the same registry that may have the blob already. */
  readonly mountFrom?: string | undefined;
  readonly way?: UploadWay | undefined;
}

export type UploadWay =
  /** Opens an upload and sends the bytes with what closes it. What every registry takes; the default. */
  | { readonly kind: 'whole' }
  /** One request for all; a registry that does not know it has the bytes sent again as a whole. */
  | { readonly kind: 'single-request' }
  /** Several requests, which can be resumed. A registry that wants larger ones gets them. */
  | { readonly kind: 'chunks'; readonly chunkBytes: number };

export type PutBlobResult = 'uploaded' | 'mounted';
