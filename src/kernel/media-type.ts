import { kernelErrors } from './kernel-errors.ts';

/** The manifest media types that clients ask for by name. */
export const mediaTypes = {
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
} as const;

/** What a manifest of an image says that its blobs are. */
export const blobMediaTypes = {
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  ociLayer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const;

const manifestForm = /^application\/[a-z0-9][a-z0-9!#$&^_.+-]{0,120}json$/i;

/**
 * The media type without parameters. Throws `MEDIA_TYPE_INVALID` unless it is `application/…json`:
 * a manifest served as `text/html` would run as a page in a browser.
 */
export function parseManifestMediaType(text: string): string {
  const bare = text.split(';')[0]?.trim() ?? '';
  if (manifestForm.test(bare)) return bare;
  throw kernelErrors.fail('MEDIA_TYPE_INVALID', 'a manifest is sent as application/…+json', {
    detail: { mediaType: bare.slice(0, 130) },
  });
}

export function isIndexMediaType(mediaType: string): boolean {
  return mediaType === mediaTypes.ociIndex || mediaType === mediaTypes.dockerList;
}
