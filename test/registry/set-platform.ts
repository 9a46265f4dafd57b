import { parseReference, systemClock } from '#kernel';
import {
  type Credential,
  contentOf,
  createRegistryClient,
  type Descriptor,
  putImage,
  readContent,
} from '#transfer';

export interface PlatformChange {
  /** `host:port`, over plain HTTP. */
  readonly host: string;
  readonly repository: string;
  /** A tag of an image with one platform. */
  readonly from: string;
  /** The tag that the changed image gets. */
  readonly to: string;
  /** `linux/arm64`. */
  readonly platform: string;
  readonly credential: Credential;
}

/** Pushes an image again as one of another platform, as a cross-compiled one would say. */
export async function setPlatform(change: PlatformChange): Promise<void> {
  const { host, credential, platform } = change;
  const registry = `http://${host}`;
  await using client = createRegistryClient({ registry, credential, clock: systemClock });
  const repository = client.repository(change.repository);
  const found = await repository.getManifest(parseReference(change.from));
  const manifest = parse<{ readonly mediaType?: string; readonly config: Descriptor }>(found);
  const [os, architecture] = platform.split('/');
  const stored = parse<object>(await readContent(repository, manifest.config));
  const config = contentOf(manifest.config.mediaType, { ...stored, os, architecture });
  const changed = contentOf(found?.descriptor.mediaType ?? '', {
    ...manifest,
    config: config.descriptor,
  });
  await putImage(repository, parseReference(change.to), { manifest: changed, blobs: [config] });
}

function parse<Document>(content: { readonly bytes: Uint8Array } | undefined): Document {
  if (content === undefined) throw new Error('the image is not there');
  return JSON.parse(Buffer.from(content.bytes).toString()) as Document;
}
