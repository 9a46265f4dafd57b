import { type Digest, digestAlgorithm, parseManifestMediaType } from '#kernel';
import { digestOf } from '#platform/crypto';
import type { WriteTransaction } from '#platform/db';
import type { ManifestDescriptor, ManifestUpload, Visit } from '../registry.ts';
import { registryErrors } from '../registry-errors.ts';
import { writeStagedTag } from '../stages/stage-store.ts';
import { moveTag, type TagTarget } from '../tags/move-tag.ts';
import {
  largestManifestBytes,
  type ParsedManifest,
  parseManifestDocument,
} from './manifest-document.ts';
import { holdManifest, insertManifest, published } from './manifest-store.ts';
import type { ManifestsParts } from './manifests-parts.ts';
import { requireReferences, requireWhole } from './require-references.ts';

/** Everything that can be known without the database is checked before the transaction begins. */
export async function putManifest(
  parts: ManifestsParts,
  visit: Visit,
  upload: ManifestUpload,
): Promise<ManifestDescriptor> {
  const { bytes } = upload;
  if (bytes.length > largestManifestBytes) {
    throw registryErrors.fail('MANIFEST_TOO_LARGE', 'a manifest has at most 4 MiB');
  }
  const digest = requireDigest(upload);
  const document = parseManifestDocument(parseManifestMediaType(upload.mediaType), bytes);
  const [facts] = await Promise.all([
    parts.facts.find(visit.repositoryId, document),
    requireWhole(parts, visit.repositoryId, document.blobs),
  ]);
  const manifest = { digest, bytes, document, facts };
  await parts.database.transact(async (tx) => {
    await storeManifest(tx, parts, visit, manifest);
    if (upload.reference.kind === 'tag') {
      await tagManifest(tx, parts, visit, { tag: upload.reference.tag, digest });
    }
  });
  return { digest, mediaType: document.mediaType, size: bytes.length };
}

function requireDigest({ reference, bytes }: ManifestUpload): Digest {
  if (reference.kind === 'tag') return digestOf(bytes);
  const digest = digestOf(bytes, digestAlgorithm(reference.digest));
  if (digest === reference.digest) return digest;
  throw registryErrors.fail('DIGEST_MISMATCH', 'the manifest is not what its digest says', {
    detail: { expected: reference.digest, actual: digest },
  });
}

async function storeManifest(
  tx: WriteTransaction,
  { rules, clock }: ManifestsParts,
  visit: Visit,
  manifest: ParsedManifest,
): Promise<void> {
  const { digest, bytes, document } = manifest;
  const { repositoryId, actor } = visit;
  await requireReferences(tx, visit, document);
  await rules.beforeManifestPut(tx, { ...visit, digest });
  await insertManifest(tx, repositoryId, manifest);
  await holdManifest(tx, {
    repositoryId,
    digest,
    stage: actor.stage ?? published,
    mediaType: document.mediaType,
    size: bytes.length,
    subject: document.subject,
    pushedAt: clock.now(),
    pushedBy: actor.subject,
  });
  await rules.afterChange(tx, { kind: 'manifest-put', repositoryId, actor, digest });
}

async function tagManifest(
  tx: WriteTransaction,
  parts: ManifestsParts,
  visit: Visit,
  target: TagTarget,
): Promise<void> {
  const { stage } = visit.actor;
  if (stage === undefined) return moveTag(tx, parts, visit, target);
  await writeStagedTag(tx, stage, { repositoryId: visit.repositoryId, ...target });
}
