import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import {
  blobMediaTypes,
  type Digest,
  mediaTypes,
  parseReference,
  parseRepositoryName,
  parseTag,
} from '#kernel';
import { digestOf } from '#platform/crypto';
import { contentOf, indexDocument, manifestDocument } from '#transfer';
import type { Actor } from '../publish-rules.ts';
import type { BlobDescriptor, ManifestUpload, Registry, Visit } from '../registry.ts';

export const alice: Actor = { subject: 'user-1' };

export function visitOf(repositoryId: number, actor: Actor = alice): Visit {
  return { repositoryId, repositoryName: parseRepositoryName(`team/app-${repositoryId}`), actor };
}

/** What an attempt of a build pushes as. */
export function attemptActor(number: number): Actor {
  return { subject: `attempt-${number}`, stage: `attempt-${number}` };
}

export async function* chunksOf(
  bytes: Uint8Array,
  chunkBytes = 65_536,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

export function pushBlob(
  registry: Registry,
  visit: Visit,
  bytes: Uint8Array = randomBytes(100),
): Promise<BlobDescriptor> {
  return registry.uploads.put(visit, digestOf(bytes), { bytes: chunksOf(bytes) });
}

export async function readBlob(
  registry: Registry,
  visit: Visit,
  digest: Digest,
): Promise<Buffer | undefined> {
  const blob = await registry.blobs.get(visit, digest);
  const stream = await blob?.read();
  return stream && buffer(stream);
}

/** A manifest to push: an image over these blobs, the first of them its configuration. */
export function imageOf(
  reference: string | undefined,
  [config, ...layers]: readonly [BlobDescriptor, ...BlobDescriptor[]],
  extra: object = {},
): ManifestUpload {
  const document = manifestDocument(
    { mediaType: blobMediaTypes.ociConfig, ...config },
    layers.map((layer) => ({ mediaType: blobMediaTypes.ociLayer, ...layer })),
  );
  return uploadOf(reference, { ...document, ...extra });
}

export function indexOf(
  reference: string | undefined,
  manifests: readonly BlobDescriptor[],
): ManifestUpload {
  const document = indexDocument(
    manifests.map(({ digest, size }) => ({ mediaType: mediaTypes.ociManifest, digest, size })),
  );
  return uploadOf(reference, document);
}

/**
 * A cache as BuildKit before 0.21 writes it, in the order that buildx 0.13 was seen to: an index whose
 * entries are blobs, the last of them BuildKit's own configuration.
 */
export function buildCacheOf(
  reference: string,
  layers: readonly BlobDescriptor[],
  cacheConfig: BlobDescriptor,
): ManifestUpload {
  const annotations = {
    'buildkit/createdat': '2024-06-01T12:00:00.123456789Z',
    'containerd.io/uncompressed': cacheConfig.digest,
  };
  const manifests = [
    ...layers.map(({ digest, size }) => ({
      mediaType: blobMediaTypes.ociLayer,
      digest,
      size,
      annotations,
    })),
    { mediaType: 'application/vnd.buildkit.cacheconfig.v0', ...cacheConfig },
  ];
  const document = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests };
  return uploadOf(reference, document);
}

/** Without a reference it is pushed by its digest. */
function uploadOf(
  reference: string | undefined,
  document: { readonly mediaType: string },
): ManifestUpload {
  const { mediaType } = document;
  const { descriptor, bytes } = contentOf(mediaType, document);
  return { reference: parseReference(reference ?? descriptor.digest), mediaType, bytes };
}

/** Pushes a fresh image of one layer. */
export async function pushImage(registry: Registry, visit: Visit, reference?: string) {
  const config = await pushBlob(registry, visit);
  const layer = await pushBlob(registry, visit);
  const manifest = await registry.manifests.put(visit, imageOf(reference, [config, layer]));
  return { ...manifest, config, layer };
}

export async function tagsOf(registry: Registry, visit: Visit): Promise<readonly string[]> {
  return (await registry.tags.list(visit, { after: '', limit: 100 })).tags;
}

export async function digestAt(
  registry: Registry,
  visit: Visit,
  tag: string,
): Promise<Digest | undefined> {
  const found = await registry.manifests.find(visit, { kind: 'tag', tag: parseTag(tag) });
  return found?.digest;
}

/** Content-addressed things of one digest alone, as `blobs.find` and descriptors have them. */
export function descriptorOf(bytes: Uint8Array): BlobDescriptor {
  return { digest: digestOf(bytes), size: bytes.length };
}
