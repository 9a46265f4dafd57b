import { buffer } from 'node:stream/consumers';
import { blobMediaTypes, mediaTypes, type Reference } from '#kernel';
import { digestOf } from '#platform/crypto';
import type { CallOptions, RemoteRepository } from '../registry-client.ts';
import type { Content, Descriptor } from './descriptor.ts';

/** An image that is small enough to hold: a manifest, and the blobs that it refers to. */
export interface ImageContent {
  readonly manifest: Content;
  readonly blobs: readonly Content[];
}

/** Bytes, or what JSON says of them, under the descriptor that names them. */
export function contentOf(mediaType: string, content: Uint8Array | object): Content {
  const isBytes = content instanceof Uint8Array;
  const bytes = isBytes ? content : Buffer.from(JSON.stringify(content));
  return { descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length }, bytes };
}

/** An image of a configuration and layers (OCI image spec, manifest.md). */
export function imageContent(
  configuration: object,
  layers: readonly Uint8Array[] = [],
): ImageContent {
  const config = contentOf(blobMediaTypes.ociConfig, configuration);
  const packed = layers.map((layer) => contentOf(blobMediaTypes.ociLayer, layer));
  const descriptors = packed.map(({ descriptor }) => descriptor);
  const document = manifestDocument(config.descriptor, descriptors);
  return { manifest: contentOf(document.mediaType, document), blobs: [config, ...packed] };
}

/** What a manifest over blobs says, wherever their bytes are. */
export function manifestDocument(config: Descriptor, layers: readonly Descriptor[]) {
  return { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers } as const;
}

/** What an index over manifests says (OCI image spec, image-index.md). */
export function indexDocument(manifests: readonly Descriptor[]) {
  return { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests } as const;
}

/** The bytes of a blob that is small enough to hold. Throws what `openBlob` and its stream do. */
export async function readContent(
  repository: RemoteRepository,
  descriptor: Descriptor,
  options: CallOptions = {},
): Promise<Content | undefined> {
  const stream = await repository.openBlob(descriptor, options);
  return stream && { descriptor, bytes: await buffer(stream) };
}

/** Puts an image into a repository, its blobs first. Throws what `putBlob` and `putManifest` do. */
export async function putImage(
  repository: RemoteRepository,
  reference: Reference,
  { manifest, blobs }: ImageContent,
  options: CallOptions = {},
): Promise<void> {
  for (const { descriptor, bytes } of blobs) await repository.putBlob(descriptor, bytes, options);
  await repository.putManifest(reference, manifest, options);
}
