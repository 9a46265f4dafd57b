import type { Digest } from '#kernel';
import type { WriteTransaction } from '#platform/db';
import { keepLinkedBlobs, listLinkedCopies } from '../blobs/blob-row-store.ts';
import type { RepositoryId } from '../publish-rules.ts';
import type { Visit } from '../registry.ts';
import { registryErrors } from '../registry-errors.ts';
import type { ManifestDocument, ReferencedContent } from './manifest-document.ts';
import { keepHeldManifests, published } from './manifest-store.ts';
import type { ManifestsParts } from './manifests-parts.ts';

const asksAtOnce = 16;

/**
 * Throws `MANIFEST_BLOB_UNKNOWN` for a blob whose bytes are lost or cut short, so that the pusher sends
 * them again. A push that has just sent its blobs, or asked for them, costs nothing here. What the
 * repository does not link is left to `requireReferences`.
 */
export async function requireWhole(
  { database, whole }: ManifestsParts,
  repositoryId: RepositoryId,
  blobs: readonly ReferencedContent[],
): Promise<void> {
  const digests = digestsOf(blobs).filter((digest) => !whole.isKnown(digest));
  if (digests.length === 0) return;
  const copies = await database.read((tx) => listLinkedCopies(tx, repositoryId, digests));
  const remaining = copies.values();
  const ask = async () => {
    for (const copy of remaining) {
      if (!(await whole.check(copy.digest, copy))) throw unknown(copy.digest);
    }
  };
  await Promise.all(Array.from({ length: asksAtOnce }, ask));
}

/**
 * Throws `MANIFEST_BLOB_UNKNOWN` for what the repository lacks, and `SIZE_INVALID`. What it has can't
 * leave it before the transaction ends.
 */
export async function requireReferences(
  tx: WriteTransaction,
  { repositoryId, actor }: Visit,
  document: ManifestDocument,
): Promise<void> {
  const blobs = await keepLinkedBlobs(tx, repositoryId, digestsOf(document.blobs));
  requireSizes(document.blobs, blobs);
  const holder = { repositoryId, stage: actor.stage ?? published };
  const manifests = await keepHeldManifests(tx, holder, digestsOf(document.manifests));
  requireSizes(document.manifests, manifests);
}

function digestsOf(content: readonly ReferencedContent[]): Digest[] {
  return content.map(({ digest }) => digest);
}

function requireSizes(
  content: readonly ReferencedContent[],
  sizes: ReadonlyMap<Digest, number>,
): void {
  const missing = content.find(({ digest }) => !sizes.has(digest));
  if (missing !== undefined) throw unknown(missing.digest);
  const wrong = content.find(({ digest, size }) => sizes.get(digest) !== size);
  if (wrong !== undefined) {
    throw registryErrors.fail('SIZE_INVALID', `${wrong.digest} has another size than it says`, {
      detail: { digest: wrong.digest, announced: wrong.size, actual: sizes.get(wrong.digest) },
    });
  }
}

function unknown(digest: Digest) {
  return registryErrors.fail(
    'MANIFEST_BLOB_UNKNOWN',
    `push ${digest} to this repository before the manifest that refers to it`,
    { detail: { digest } },
  );
}
