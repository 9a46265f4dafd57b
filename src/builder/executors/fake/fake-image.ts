import { gzipSync } from 'node:zlib';
import { type Digest, mediaTypes } from '#kernel';
import { digestOf } from '#platform/crypto';

/** A whole image in memory: one empty layer, and a configuration that makes it unlike any other. */
export interface FakeImage {
  readonly manifest: Buffer;
  readonly digest: Digest;
  readonly blobs: readonly Buffer[];
}

/** An archive without a file in it: two blocks of zeros. */
const emptyLayer = Buffer.alloc(1_024);

export function createFakeImage(labels: Readonly<Record<string, string>>): FakeImage {
  const layer = gzipSync(emptyLayer);
  const configuration = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: { Labels: labels },
      rootfs: { type: 'layers', diff_ids: [digestOf(emptyLayer)] },
    }),
  );
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: descriptor('application/vnd.oci.image.config.v1+json', configuration),
      layers: [descriptor('application/vnd.oci.image.layer.v1.tar+gzip', layer)],
    }),
  );
  return { manifest, digest: digestOf(manifest), blobs: [configuration, layer] };
}

function descriptor(mediaType: string, bytes: Buffer) {
  return { mediaType, size: bytes.length, digest: digestOf(bytes) };
}
