import type { Clock } from '#kernel';
import { BoundedCache } from '#platform/cache';
import type { Database } from '#platform/db';
import type { ContentSummary, Contents } from '../registry.ts';
import { listContentTypes, listMediaTypes, sumStoredBytes } from './contents-store.ts';

/** Adding up a large repository reads all its rows: lists of repositories ask for a hundred. */
const remembered = { capacity: 20_000, lifetimeMilliseconds: 60_000 };

export function createContents(options: {
  readonly database: Database;
  readonly clock: Clock;
}): Contents {
  const { database, clock } = options;
  const known = new BoundedCache<ContentSummary>({ ...remembered, clock });
  return {
    summary: (repositoryId, lastChangedAt = 0) =>
      known.get(`${repositoryId}@${lastChangedAt}`, () =>
        database.read(async (tx) => ({
          mediaTypes: await listMediaTypes(tx, repositoryId),
          contentTypes: await listContentTypes(tx, repositoryId),
          storedBytes: await sumStoredBytes(tx, repositoryId),
        })),
      ),
  };
}
