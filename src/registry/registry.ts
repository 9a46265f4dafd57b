import type { Readable } from 'node:stream';
import type { Digest, Instant, Reference, RepositoryName, Tag } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import type { ReadOptions } from '#storage';
import type { Actor, RepositoryId, StageId } from './publish-rules.ts';
import type { PublishOrder } from './tags/publish-order-store.ts';

/**
 * The OCI registry, split by role. It knows repositories as numbers and callers as opaque subjects;
 * who may do what is decided before it is asked (see `RegistryAccess`), what must hold inside a
 * change by its `PublishRules`. All of it may be called concurrently, from several servers over
 * PostgreSQL.
 */
export interface Registry {
  readonly blobs: Blobs;
  readonly uploads: Uploads;
  readonly manifests: Manifests;
  readonly tags: Tags;
  readonly stages: Stages;
  readonly contents: Contents;
}

/** A caller at a repository, as the edge has let them in. */
export interface Visit {
  readonly repositoryId: RepositoryId;
  readonly repositoryName: RepositoryName;
  readonly actor: Actor;
}

export interface BlobDescriptor {
  readonly digest: Digest;
  readonly size: number;
}

/** A blob as its row has it, and the way to its bytes. */
export interface ReadableBlob extends BlobDescriptor {
  /**
   * Its bytes, or a part of them that lies within the blob; whoever takes the stream reads it to its
   * end or destroys it. `undefined` when they are missing or known to be cut short; the stream fails
   * where that shows while it is read.
   */
  read(options?: ReadOptions): Promise<Readable | undefined>;
  /** Where the client may fetch the bytes by itself; `undefined`: they are to be read here. */
  redirect(): Promise<string | undefined>;
}

/** A blob is reachable only through a repository that links it. */
export interface Blobs {
  /**
   * For who may push: `undefined` when the repository does not link the blob, or its bytes are
   * missing or cut short. A pusher that is told so sends them again, which repairs them.
   */
  find(visit: Visit, digest: Digest): Promise<BlobDescriptor | undefined>;
  /**
   * For who pulls: `undefined` when the repository does not link the blob. The store is not asked
   * before the bytes are read.
   */
  get(visit: Visit, digest: Digest): Promise<ReadableBlob | undefined>;
  /**
   * Links a blob of another repository, which the caller must be allowed to pull from. `undefined`
   * when the source does not have it, or not whole.
   */
  mount(visit: Visit, digest: Digest, from: RepositoryId): Promise<BlobDescriptor | undefined>;
  /**
   * Takes a blob out of the repository. Throws `BLOB_UNKNOWN`, or `BLOB_REFERENCED` while one of the
   * repository's manifests needs it.
   */
  unlink(visit: Visit, digest: Digest): Promise<void>;
}

/** An upload session as its owner sees it. */
export interface UploadProgress {
  readonly id: string;
  readonly receivedBytes: number;
}

export interface UploadBody {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Where the sender believes the session stands; absent when it does not say. */
  readonly offset?: number;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
}

/**
 * Upload sessions. A session belongs to one repository and one subject; for everybody else it does
 * not exist: all methods that take an id throw `BLOB_UPLOAD_UNKNOWN` then. One request writes at a
 * time: another gets `BLOB_UPLOAD_BUSY`. One that gives no sign of life for a while gives way, and
 * whatever it does afterwards changes nothing. Bytes are hashed as they come and never held in memory.
 */
export interface Uploads {
  /** Throws `UPLOADS_TOO_MANY` where as many are open as may be. */
  start(visit: Visit): Promise<UploadProgress>;
  find(visit: Visit, id: string): Promise<UploadProgress>;
  /**
   * Takes more bytes; when it resolves they are durable. Throws `RANGE_INVALID` when the body does
   * not begin where the session stands, `BLOB_TOO_LARGE` past the limit. When the body fails, the
   * session stands where it stood before.
   */
  append(visit: Visit, id: string, body: UploadBody): Promise<UploadProgress>;
  /**
   * Takes the last bytes, if there are any, and makes the whole a blob of the repository. Throws
   * `DIGEST_MISMATCH` when the bytes are not what the digest says; the session is gone then.
   */
  finish(visit: Visit, id: string, digest: Digest, body?: UploadBody): Promise<BlobDescriptor>;
  /** A whole blob in one request: a session that nobody else ever sees. Throws as `finish` does. */
  put(visit: Visit, digest: Digest, body: UploadBody | undefined): Promise<BlobDescriptor>;
  /** Ends the session and drops its bytes. */
  cancel(visit: Visit, id: string): Promise<void>;
  /**
   * Drops sessions that nobody went on with in time, and bytes that were left when one was taken over;
   * gives how many, a bounded number at each call. Called now and then. Where some can't be dropped it
   * throws an `AggregateError` of why, after it has tried the others.
   */
  removeExpired(): Promise<number>;
}

export interface ManifestDescriptor {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly size: number;
}

export interface StoredManifest extends ManifestDescriptor {
  readonly bytes: Uint8Array;
}

export interface ManifestUpload {
  readonly reference: Reference;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** Manifests and indexes, byte for byte as they were pushed. */
export interface Manifests {
  /** `undefined` when there is none that the actor may see: staged ones show on their stage only. */
  get(visit: Visit, reference: Reference): Promise<StoredManifest | undefined>;
  /** As `get`, without its bytes. */
  find(visit: Visit, reference: Reference): Promise<ManifestDescriptor | undefined>;
  /**
   * Stores a manifest, and points the tag to it when the reference is one; on a stage when the actor
   * has one. One transaction: when it resolves everything is durable, when it throws nothing has
   * changed. Throws `MANIFEST_INVALID`, `MANIFEST_TOO_LARGE`, `DIGEST_MISMATCH` for another digest
   * than the reference names, `SIZE_INVALID` for a descriptor with a wrong size,
   * `MANIFEST_BLOB_UNKNOWN` when the repository lacks something that it refers to, and what a rule
   * throws. Putting the same bytes again succeeds.
   */
  put(visit: Visit, upload: ManifestUpload): Promise<ManifestDescriptor>;
  /**
   * Takes a manifest out of the repository, and the tags that point to it. Throws `MANIFEST_UNKNOWN`,
   * `DENIED` while an index of the repository needs it, and what a rule throws.
   */
  remove(visit: Visit, digest: Digest): Promise<void>;
}

export interface TagPage {
  readonly tags: readonly Tag[];
  readonly hasMore: boolean;
}

export interface TagEntry {
  readonly tag: Tag;
  readonly digest: Digest;
  readonly movedAt: Instant;
}

/** Docker Hub's classes of what is in a registry. */
export type ContentType =
  | 'image'
  | 'plugin'
  | 'helm'
  | 'volume'
  | 'wasm'
  | 'compose'
  | 'model'
  | 'unrecognized';

/** What an image was made for, as far as it says so. */
export interface Platform {
  readonly architecture?: string;
  readonly os?: string;
  readonly variant?: string;
  readonly osVersion?: string;
  readonly osFeatures?: readonly string[];
}

/** One of the images that a tag leads to. */
export interface DescribedImage {
  readonly digest: Digest;
  readonly platform: Platform;
  /** Of its layers, as they travel. */
  readonly bytes: number;
  readonly pushedAt: Instant;
}

/** A tag with what is behind it: one image, or those that its index lists, the first hundred of them. */
export interface DescribedTag extends TagEntry {
  /** The same for this name in this repository for ever. */
  readonly id: number;
  /** Whoever set it, opaque to the registry. */
  readonly movedBy: string;
  readonly mediaType: string;
  readonly contentType: ContentType;
  readonly images: readonly DescribedImage[];
}

/** Which tags, by number: a page far away costs what it takes to walk an index to it. */
export interface TagWindow {
  readonly order: 'newest' | 'oldest' | 'a-z' | 'z-a';
  readonly offset: number;
  readonly limit: number;
  /** Only those with this in their name. */
  readonly nameContains?: string;
}

export interface DescribedTagPage {
  readonly tags: readonly DescribedTag[];
  /** Of all pages together. */
  readonly count: number;
}

export interface Tags {
  /** The tags after `after` in byte order, at most `limit`. */
  list(visit: Visit, page: { readonly after: string; readonly limit: number }): Promise<TagPage>;
  /** As everybody sees them: the tags after `after`, with where they point. */
  entries(
    repositoryId: RepositoryId,
    page: { readonly after: string; readonly limit: number },
  ): Promise<readonly TagEntry[]>;
  /** As everybody sees them, with their images. Asks nobody's rights, as `describe` does not. */
  page(repositoryId: RepositoryId, window: TagWindow): Promise<DescribedTagPage>;
  describe(repositoryId: RepositoryId, tag: Tag): Promise<DescribedTag | undefined>;
  /** Throws `MANIFEST_UNKNOWN` when there is no such tag, and what a rule throws. */
  remove(visit: Visit, tag: Tag): Promise<void>;
}

/** What a repository has in it, as everybody sees it. */
export interface ContentSummary {
  readonly mediaTypes: readonly string[];
  readonly contentTypes: readonly ContentType[];
  /** Of all its blobs, each once, whatever other repositories have of them. */
  readonly storedBytes: number;
}

export interface Contents {
  /**
   * At most a minute old; never older than what was pushed at `lastChangedAt`, for callers who know of
   * it. Asks nobody's rights.
   */
  summary(repositoryId: RepositoryId, lastChangedAt?: Instant): Promise<ContentSummary>;
}

export interface StagedTag {
  readonly repositoryId: RepositoryId;
  readonly tag: Tag;
  readonly digest: Digest;
}

/** What is to be published, and where that stands among publications. */
export interface Publication {
  readonly stage: StageId;
  readonly order: PublishOrder;
}

/**
 * What became of a staged tag. `outdated`: a newer publication has set it, which is no failure.
 * `refused`: a rule forbids the move. Both with the reason, for people.
 */
export type TagPublication = { readonly tag: Tag; readonly digest: Digest } & (
  | { readonly outcome: 'moved' }
  | { readonly outcome: 'outdated' | 'refused'; readonly message: string }
);

/**
 * What is pushed and not yet published. These run inside a transaction of the caller, so that a
 * publication is one act with whatever else decides it.
 */
export interface Stages {
  tags(tx: ReadTransaction | WriteTransaction, stage: StageId): Promise<readonly StagedTag[]>;
  /**
   * Shows a stage's tags of one repository to all, in the order of their names, with every manifest
   * that they lead to. A tag that a rule refuses with an `AppError`, or that a publication of a
   * larger order has set, stays as it is and is told; the others move nevertheless. The order counts
   * also where a tag keeps its digest, and after the tag was deleted; a push sets none and clears
   * none. May be repeated when more has been staged.
   */
  publish(
    tx: WriteTransaction,
    visit: Visit,
    publication: Publication,
  ): Promise<readonly TagPublication[]>;
  /** Forgets the stage: its tags, and its hold on manifests. What was published stays. */
  drop(tx: WriteTransaction, stage: StageId): Promise<void>;
}
