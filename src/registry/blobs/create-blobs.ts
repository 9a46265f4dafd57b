import type { Readable } from 'node:stream';
import type { Clock, Digest } from '#kernel';
import type { Database } from '#platform/db';
import { type BlobStore, type ByteRange, storageErrors } from '#storage';
import { findManifestOver } from '../manifests/manifest-edge-store.ts';
import type { Blobs, Visit } from '../registry.ts';
import { registryErrors } from '../registry-errors.ts';
import {
  claimLink,
  findLinkedCopy,
  keepLinkedBlobs,
  type LiveCopy,
  linkBlob,
  unlinkBlob,
} from './blob-row-store.ts';
import { blobUnknown } from './blob-unknown.ts';
import { isWhole } from './is-whole.ts';

export interface BlobsParts {
  readonly database: Database;
  readonly store: BlobStore;
  readonly clock: Clock;
}

export function createBlobs({ database, store, clock }: BlobsParts): Blobs {
  const copyFor = ({ repositoryId }: Visit, digest: Digest) =>
    database.read((tx) => findLinkedCopy(tx, repositoryId, digest));
  return {
    find: async (visit, digest) => {
      const copy = await copyFor(visit, digest);
      if (copy === undefined || !(await isWhole(store, copy))) return undefined;
      return { digest, size: copy.size };
    },

    read: async (visit, digest, range) => {
      const copy = await copyFor(visit, digest);
      return copy && readCopy(store, copy, range);
    },

    mount: ({ repositoryId }, digest, from) =>
      database.transact(async (tx) => {
        const size = (await keepLinkedBlobs(tx, from, [digest])).get(digest);
        if (size === undefined) return undefined;
        await linkBlob(tx, repositoryId, digest, clock.now());
        return { digest, size };
      }),

    unlink: ({ repositoryId }, digest) =>
      database.transact(async (tx) => {
        if (!(await claimLink(tx, repositoryId, digest))) throw blobUnknown(digest);
        const manifest = await findManifestOver(tx, repositoryId, digest);
        if (manifest !== undefined) refuseNeeded(digest, manifest);
        await unlinkBlob(tx, repositoryId, digest);
      }),
  };
}

async function readCopy(
  store: BlobStore,
  copy: LiveCopy,
  range: ByteRange | undefined,
): Promise<Readable | undefined> {
  const whole = copy.size === 0 ? undefined : { first: 0, last: copy.size - 1 };
  try {
    return await store.read(copy.key, range ?? whole);
  } catch (error) {
    // Fewer bytes than there must be: as good as none, until a push brings them again.
    if (storageErrors.is(error) && !(await isWhole(store, copy))) return undefined;
    throw error;
  }
}

function refuseNeeded(digest: Digest, manifest: Digest): never {
  throw registryErrors.fail(
    'BLOB_REFERENCED',
    `the manifest ${manifest} of this repository needs the blob; delete that first`,
    { detail: { digest, manifest } },
  );
}
