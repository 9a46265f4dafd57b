import { buffer } from 'node:stream/consumers';
import type { Clock, Digest } from '#kernel';
import { BoundedCache } from '#platform/cache';
import type { Database } from '#platform/db';
import type { BlobStore } from '#storage';
import { findLinkedCopy } from '../blobs/blob-row-store.ts';
import type { RepositoryId } from '../publish-rules.ts';
import type { Platform } from '../registry.ts';
import type { ManifestDocument } from './manifest-document.ts';
import { type ManifestFacts, platformIn } from './manifest-facts.ts';

/** Finds out all facts of a manifest: an image says in its configuration for which platform it is. */
export interface FactsFinder {
  /** `undefined` where the configuration can't be read now; who lists the tag tries again. */
  find(repositoryId: RepositoryId, document: ManifestDocument): Promise<ManifestFacts | undefined>;
}

/** Real ones have some kilobytes. */
const largestConfigBytes = 256 * 1024;
/** One image gets several tags. */
const remembered = { capacity: 10_000, lifetimeMilliseconds: 3_600_000 };

export function createFactsFinder(options: {
  readonly database: Database;
  readonly store: BlobStore;
  readonly clock: Clock;
}): FactsFinder {
  const { database, store, clock } = options;
  const platforms = new BoundedCache<Platform>({ ...remembered, clock });
  const readPlatform = async (repositoryId: RepositoryId, digest: Digest) => {
    const copy = await database.read((tx) => findLinkedCopy(tx, repositoryId, digest));
    const stream = copy && (await store.read(copy.key));
    if (stream === undefined) throw new Error(`the configuration ${digest} is not there`);
    return platformOf(await buffer(stream));
  };
  return {
    async find(repositoryId, { facts, config }) {
      const isReadable = config !== undefined && config.size <= largestConfigBytes;
      if (facts.kind === 'index' || facts.contentType !== 'image' || !isReadable) return facts;
      const { digest } = config;
      try {
        const platform = await platforms.get(digest, () => readPlatform(repositoryId, digest));
        return { ...facts, platform };
      } catch {
        // The push itself finds out what is wrong with its blobs, and says so.
        return undefined;
      }
    },
  };
}

function platformOf(bytes: Buffer): Platform {
  try {
    return platformIn(JSON.parse(bytes.toString('utf8')));
  } catch {
    return {};
  }
}
