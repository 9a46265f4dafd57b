import { Readable } from 'node:stream';
import type { AppError, Clock, Digest } from '#kernel';
import type { Database } from '#platform/db';
import { type BlobStore, type ReadOptions, storageErrors } from '#storage';
import { findManifestOver } from '../manifests/manifest-edge-store.ts';
import type { Blobs, ReadableBlob, Visit } from '../registry.ts';
import { registryErrors } from '../registry-errors.ts';
import {
  claimLink,
  findLinkedCopy,
  keepLinkedBlobs,
  type LiveCopy,
  linkBlob,
  listCondemnedCopies,
  unlinkBlob,
} from './blob-row-store.ts';
import type { WholeBlobs } from './whole-blobs.ts';

export interface BlobsParts {
  readonly database: Database;
  readonly store: BlobStore;
  readonly whole: WholeBlobs;
  readonly clock: Clock;
}

export function createBlobs(parts: BlobsParts): Blobs {
  const { database, whole, clock } = parts;
  const copyIn = async (repositoryId: number, digest: Digest) => {
    const live = await database.read((tx) => findLinkedCopy(tx, repositoryId, digest));
    if (live !== undefined) return live;
    const condemned = await database.read((tx) => listCondemnedCopies(tx, repositoryId, digest));
    return whole.reinstate(digest, condemned);
  };
  const wholeCopyIn = async (repositoryId: number, digest: Digest) => {
    const copy = await copyIn(repositoryId, digest);
    return copy !== undefined && (await whole.check(digest, copy)) ? copy : undefined;
  };
  return {
    find: async ({ repositoryId }, digest) => {
      const copy = await wholeCopyIn(repositoryId, digest);
      return copy && { digest, size: copy.size };
    },

    get: async ({ repositoryId }, digest) => {
      const copy = await copyIn(repositoryId, digest);
      return copy && readableBlob(parts, digest, copy);
    },

    mount: async (visit, digest, from) => {
      if ((await wholeCopyIn(from, digest)) === undefined) return undefined;
      return database.transact(async (tx) => {
        const size = (await keepLinkedBlobs(tx, from, [digest])).get(digest);
        if (size === undefined) return undefined;
        await linkBlob(tx, visit.repositoryId, digest, clock.now());
        return { digest, size };
      });
    },

    unlink: ({ repositoryId }: Visit, digest) =>
      database.transact(async (tx) => {
        if (!(await claimLink(tx, repositoryId, digest))) throw blobUnknown(digest);
        const manifest = await findManifestOver(tx, repositoryId, digest);
        if (manifest !== undefined) refuseNeeded(digest, manifest);
        await unlinkBlob(tx, repositoryId, digest);
      }),
  };
}

/** How long a client may wait until it follows a redirect. */
const redirectMilliseconds = 20 * 60_000;

function readableBlob({ store, whole }: BlobsParts, digest: Digest, copy: LiveCopy): ReadableBlob {
  const { key, size } = copy;
  return {
    digest,
    size,
    redirect: () => store.redirect(key, { lifetimeMilliseconds: redirectMilliseconds }),
    read: async ({ range = { first: 0, last: size - 1 }, signal } = {}) => {
      if (size === 0) return Readable.from([]);
      const bytes = await readBytes(store, key, { range, signal });
      if (bytes === undefined) await whole.condemn(digest, copy);
      return bytes?.once('error', (error) => {
        whole.forget(digest);
        // Who reads is told by the stream; whoever comes next is told by the row, or meets it anew.
        if (isShort(error)) whole.condemn(digest, copy).catch(() => {});
      });
    },
  };
}

/** Fewer bytes than there must be are as good as none, until a push brings them again. */
async function readBytes(
  store: BlobStore,
  key: string,
  options: ReadOptions,
): Promise<Readable | undefined> {
  try {
    return await store.read(key, options);
  } catch (error) {
    if (isShort(error)) return undefined;
    throw error;
  }
}

function isShort(error: unknown): boolean {
  return storageErrors.is(error) && error.code === 'BLOB_STORE_SHORT';
}

export function blobUnknown(digest: Digest): AppError {
  return registryErrors.fail('BLOB_UNKNOWN', 'the repository holds no such blob', {
    detail: { digest },
  });
}

function refuseNeeded(digest: Digest, manifest: Digest): never {
  throw registryErrors.fail(
    'BLOB_REFERENCED',
    `the manifest ${manifest} of this repository needs the blob; delete that first`,
    { detail: { digest, manifest } },
  );
}
