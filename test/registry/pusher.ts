import { randomBytes, randomInt } from 'node:crypto';
import { blobMediaTypes, type Digest, parseTag, systemClock, type Tag } from '#kernel';
import {
  contentOf,
  createRegistryClient,
  type Descriptor,
  manifestDocument,
  type RegistryClient,
  type RemoteRepository,
  transferErrors,
  type UploadWay,
} from '#transfer';
import { tester } from './start-test-registry.ts';

/** What a server has said is kept. */
export interface Acknowledged {
  readonly blobs: Descriptor[];
  readonly tags: Map<Tag, Digest>;
}

/** The one repository that everything is pushed to. */
export const repositoryName = 'team/app';

export function connect(host: string): RegistryClient {
  const registry = `http://${host}`;
  return createRegistryClient({ registry, credential: tester, clock: systemClock });
}

/** Pushes images of a random configuration alone until the server is gone, and notes each acknowledgement. */
export async function pushUntilGone(host: string, acknowledged: Acknowledged): Promise<void> {
  await using client = connect(host);
  const repository = client.repository(repositoryName);
  try {
    for (;;) await push(repository, acknowledged);
  } catch (error) {
    if (transferErrors.is(error) && error.code === 'REGISTRY_UNREACHABLE') return;
    throw error;
  }
}

async function push(repository: RemoteRepository, { blobs, tags }: Acknowledged): Promise<void> {
  const bytes = randomBytes(randomInt(1, 1_500_000));
  const { descriptor: config } = contentOf(blobMediaTypes.ociConfig, bytes);
  await repository.putBlob(config, bytes, { way: wayFor(bytes) });
  blobs.push(config);
  const document = manifestDocument(config, []);
  const manifest = contentOf(document.mediaType, document);
  const tag = parseTag(`t-${config.digest.slice(7, 27)}`);
  await repository.putManifest({ kind: 'tag', tag }, manifest);
  tags.set(tag, manifest.descriptor.digest);
}

/** All at once, or in two halves. */
function wayFor({ length }: Buffer): UploadWay {
  return randomInt(2) === 0
    ? { kind: 'single-request' }
    : { kind: 'chunks', chunkBytes: Math.ceil(length / 2) };
}
