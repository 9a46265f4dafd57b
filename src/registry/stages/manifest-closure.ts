import type { Digest } from '#kernel';
import type { WriteTransaction } from '#platform/db';
import { parseManifestDocument } from '../manifests/manifest-document.ts';
import { getManifest } from '../manifests/manifest-store.ts';
import type { RepositoryId } from '../publish-rules.ts';

/** A manifest and every manifest that it leads to, through indexes of indexes. */
export async function manifestClosure(
  tx: WriteTransaction,
  holder: { readonly repositoryId: RepositoryId; readonly stage: string },
  root: Digest,
): Promise<readonly Digest[]> {
  const found = new Set([root]);
  for (const digest of found) {
    const manifest = await getManifest(tx, { ...holder, digest });
    if (manifest === undefined) continue;
    const { manifests } = parseManifestDocument(manifest.mediaType, manifest.bytes);
    for (const child of manifests) found.add(child.digest);
  }
  return [...found];
}
