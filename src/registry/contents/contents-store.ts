import { type ReadTransaction, statement } from '#platform/db';
import type { RepositoryId } from '../publish-rules.ts';
import type { ContentType } from '../registry.ts';

const selectMediaTypes = statement<[RepositoryId], { media_type: string }>(
  `select distinct media_type from repository_manifest
   where repository_id = ? and stage = '' order by media_type`,
);

/** Of what everybody sees. */
export async function listMediaTypes(
  tx: Pick<ReadTransaction, 'all'>,
  repositoryId: RepositoryId,
): Promise<readonly string[]> {
  return (await tx.all(selectMediaTypes, repositoryId)).map((row) => row.media_type);
}

const selectContentTypes = statement<[RepositoryId], { content_type: ContentType }>(
  `select distinct manifest.content_type from repository_manifest held
   join manifest on manifest.digest = held.digest
   where held.repository_id = ? and held.stage = '' and manifest.content_type is not null
   order by manifest.content_type`,
);

/** Of what everybody sees, as far as it was found out. */
export async function listContentTypes(
  tx: Pick<ReadTransaction, 'all'>,
  repositoryId: RepositoryId,
): Promise<readonly ContentType[]> {
  return (await tx.all(selectContentTypes, repositoryId)).map((row) => row.content_type);
}

const sumBlobs = statement<[RepositoryId], { bytes: number | null }>(
  `select sum(blob.size) as bytes from blob_link
   join blob on blob.digest = blob_link.digest where blob_link.repository_id = ?`,
);

/** Of all blobs that the repository links, each once. */
export async function sumStoredBytes(
  tx: Pick<ReadTransaction, 'first'>,
  repositoryId: RepositoryId,
): Promise<number> {
  return Number((await tx.first(sumBlobs, repositoryId))?.bytes ?? 0);
}
