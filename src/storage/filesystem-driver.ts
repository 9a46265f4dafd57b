import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { AppError } from '#kernel';
import { requireBlobKey } from './blob-key.ts';
import type { BlobStore, BlobWriter, ByteRange } from './blob-store.ts';
import { storageErrors } from './storage-errors.ts';
import { WriteQueue } from './write-queue.ts';

const readChunkBytes = 256 * 1024;

/**
 * One file a key under `root`. A commit syncs the file's data and then its folder, so that neither
 * the bytes nor the name are lost in a power cut.
 */
export function createFilesystemBlobStore({ root }: { readonly root: string }): BlobStore {
  const folders = createFolders(root);
  const pathOf = (key: string) => join(root, requireBlobKey(key));
  return {
    write: (key, offset) => translated(() => openWriter(pathOf(key), offset, folders)),
    read: (key, range) => translated(() => openReader(pathOf(key), range)),
    size: (key) => translated(async () => (await ifExists(stat(pathOf(key))))?.size),
    remove: (key) => translated(() => rm(pathOf(key), { force: true })),
  };
}

async function openWriter(path: string, offset: number, folders: Folders): Promise<BlobWriter> {
  const folder = dirname(path);
  await folders.ensure(folder);
  const file = offset === 0 ? await open(path, 'w') : await openForAppending(path, offset);
  return createWriter(file, offset, () => folders.sync(folder));
}

async function openForAppending(path: string, offset: number): Promise<FileHandle> {
  const file = await ifExists(open(path, constants.O_RDWR));
  const heldBytes = file === undefined ? 0 : (await file.stat()).size;
  if (file !== undefined && heldBytes >= offset) {
    await file.truncate(offset);
    return file;
  }
  await file?.close();
  throw storageErrors.fail('BLOB_STORE_OFFSET', 'the key holds fewer bytes than the offset', {
    detail: { heldBytes, offset },
  });
}

function createWriter(
  file: FileHandle,
  offset: number,
  syncFolder: () => Promise<void>,
): BlobWriter {
  const queue = new WriteQueue(file, offset);
  return {
    append: (chunk) => translated(() => queue.add(chunk)),
    commit: () =>
      translated(async () => {
        try {
          await queue.written();
          await file.datasync();
        } finally {
          await file.close();
        }
        await syncFolder();
      }),
    abort: async () => {
      await queue.written().catch(() => {});
      await file.close().catch(() => {});
    },
  };
}

async function openReader(
  path: string,
  range: ByteRange | undefined,
): Promise<Readable | undefined> {
  const file = await ifExists(open(path, 'r'));
  if (file === undefined) return undefined;
  const heldBytes = (await file.stat()).size;
  const endByte = range === undefined ? heldBytes : range.last + 1;
  if (heldBytes < endByte) {
    await file.close();
    throw storageErrors.fail('BLOB_STORE_FAILED', 'the key holds fewer bytes than were asked for', {
      detail: { heldBytes, endByte },
    });
  }
  return file.createReadStream({
    start: range?.first ?? 0,
    // An empty file has no last byte to name; reading it ends at once by itself.
    ...(endByte === 0 ? {} : { end: endByte - 1 }),
    highWaterMark: readChunkBytes,
  });
}

interface Folders {
  /** Makes the folder, durably, unless it is known to exist. */
  ensure(folder: string): Promise<void>;
  /** Makes the names in it durable. Callers that wait at the same time share one sync. */
  sync(folder: string): Promise<void>;
}

function createFolders(root: string): Folders {
  const known = new Set<string>();
  const sync = shareCalls(syncFolder);
  return {
    ensure: async (folder) => {
      if (known.has(folder)) return;
      const firstMade = await mkdir(folder, { recursive: true });
      if (firstMade !== undefined) await syncUpwards(folder, dirname(root));
      known.add(folder);
    },
    sync,
  };
}

/** Syncs every folder from this one's parent up to `top`: each holds the name of the next. */
async function syncUpwards(folder: string, top: string): Promise<void> {
  for (let path = dirname(folder); path.startsWith(top); path = dirname(path)) {
    await syncFolder(path);
    if (path === dirname(path)) return;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * One call at a time for each argument; whoever comes while one runs shares the next, since the
 * running one may have begun before their change.
 */
function shareCalls(
  work: (argument: string) => Promise<void>,
): (argument: string) => Promise<void> {
  const running = new Map<string, Promise<void>>();
  const next = new Map<string, Promise<void>>();
  const start = (argument: string): Promise<void> => {
    const call = work(argument).finally(() => running.delete(argument));
    running.set(argument, call);
    return call;
  };
  return (argument) => {
    const current = running.get(argument);
    if (current === undefined) return start(argument);
    const waiting = next.get(argument);
    if (waiting !== undefined) return waiting;
    const following = current
      .catch(() => {})
      .then(() => {
        next.delete(argument);
        return start(argument);
      });
    next.set(argument, following);
    return following;
  };
}

async function ifExists<Result>(result: Promise<Result>): Promise<Result | undefined> {
  try {
    return await result;
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function translated<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw isSystemError(error) ? translate(error) : error;
  }
}

function translate(error: NodeJS.ErrnoException): AppError {
  const full = error.code === 'ENOSPC' || error.code === 'EDQUOT';
  return storageErrors.fail(
    full ? 'BLOB_STORE_FULL' : 'BLOB_STORE_FAILED',
    full
      ? 'the disk of the blob store is full: free some space or enlarge it'
      : `the blob store failed with ${error.code}`,
    { cause: error },
  );
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
