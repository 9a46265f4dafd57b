import type { Digest } from '#kernel';

/** What names bytes wherever they lie (OCI image spec, descriptor.md). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

/** Blobs have no media type of their own: what refers to one says what it takes it for. */
export type BlobDescriptor = Pick<Descriptor, 'digest' | 'size'>;

/** Bytes together with what names them: a manifest, or a blob that is small enough to hold. */
export interface Content {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}
