import type { Digest } from '#kernel';
import type { Visit } from '../registry.ts';
import { registryErrors } from '../registry-errors.ts';
import { claimTagsOf, eraseTag } from '../tags/tag-store.ts';
import { findManifestOver } from './manifest-edge-store.ts';
import { claimPublishedManifest, published, releaseManifest } from './manifest-store.ts';
import type { ManifestsParts } from './manifests-parts.ts';

export function removeManifest(
  { database, rules }: ManifestsParts,
  { repositoryId, actor }: Visit,
  digest: Digest,
): Promise<void> {
  return database.transact(async (tx) => {
    const manifest = await claimPublishedManifest(tx, repositoryId, digest);
    if (manifest === undefined) {
      throw registryErrors.fail('MANIFEST_UNKNOWN', 'there is no such manifest', {
        detail: { digest },
      });
    }
    const index = await findManifestOver(tx, repositoryId, digest);
    if (index !== undefined) refuseNeeded(digest, index);
    const tags = await claimTagsOf(tx, repositoryId, digest);
    await rules.beforeManifestDelete(tx, { repositoryId, actor, digest, tags });
    for (const tag of tags) {
      await eraseTag(tx, repositoryId, tag);
      await rules.afterChange(tx, { kind: 'tag-deleted', repositoryId, actor, tag, digest });
    }
    await releaseManifest(tx, { repositoryId, digest, stage: published });
    await rules.afterChange(tx, { kind: 'manifest-deleted', repositoryId, actor, digest });
  });
}

function refuseNeeded(digest: Digest, index: Digest): never {
  throw registryErrors.fail(
    'DENIED',
    `requested access to the resource is denied - the index ${index} needs this manifest; delete that first`,
    { detail: { digest, index } },
  );
}
