import { constants } from 'node:fs';
import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { requireBlobKey } from '../blob-key.ts';
import type { BlobStore, BlobWriter, ReadOptions, Stoppable, WriteOptions } from '../blob-store.ts';
import { storageErrors } from '../storage-errors.ts';
import { createFolders, type Folders } from './durable-folders.ts';
import { streamFile } from './file-stream.ts';
import { createFileWriter, offsetOf } from './file-writer.ts';
import { listKeys } from './list-keys.ts';
import { ifExists, translated } from './system-errors.ts';

/**
 * One file a key under `root`. What ends a writer syncs the file's data, and the folder of a new file,
 * so that neither the bytes nor the name are lost in a power cut. A token is the file's length.
 */
export function createFilesystemBlobStore({ root }: { readonly root: string }): BlobStore {
  const folders = createFolders(root);
  const pathOf = (key: string) => join(root, requireBlobKey(key));
  const removeFile = (key: string) => translated(() => rm(pathOf(key), { force: true }));
  return {
    write: (key, options = {}) => translated(() => openWriter(pathOf(key), folders, options)),
    read: (key, options = {}) => translated(() => openReader(pathOf(key), options)),
    readUnfinished: (key, token, options = {}) =>
      translated(() => openUnfinished(pathOf(key), offsetOf(token), options)),
    size: (key) => translated(async () => (await ifExists(stat(pathOf(key))))?.size),
    remove: removeFile,
    discard: removeFile,
    list: (prefix, page) => translated(() => listKeys(root, prefix, page)),
    redirect: async () => undefined,
  };
}

async function openWriter(
  path: string,
  folders: Folders,
  { resume, signal }: WriteOptions,
): Promise<BlobWriter> {
  signal?.throwIfAborted();
  if (resume !== undefined) return resumeWriter(path, offsetOf(resume), signal);
  const folder = dirname(path);
  await folders.ensure(folder);
  const file = await open(path, 'w');
  const syncName = () => folders.sync(folder);
  return createFileWriter({ file, offset: 0, isDurable: false, syncName, signal });
}

/** The name of a file that was flushed before is durable already. */
async function resumeWriter(
  path: string,
  offset: number,
  signal: AbortSignal | undefined,
): Promise<BlobWriter> {
  const file = await ifExists(open(path, constants.O_RDWR));
  if (file === undefined) throw lost(0, offset);
  try {
    const isDurable = await cutTo(file, offset);
    return createFileWriter({ file, offset, isDurable, syncName: async () => undefined, signal });
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Drops what lies behind the offset; gives whether there was nothing to drop. */
async function cutTo(file: FileHandle, offset: number): Promise<boolean> {
  const { size } = await file.stat();
  if (size < offset) throw lost(size, offset);
  if (size > offset) await file.truncate(offset);
  return size === offset;
}

function lost(heldBytes: number, offset: number) {
  return storageErrors.fail('BLOB_STORE_RESUME', 'the key holds fewer bytes than were flushed', {
    detail: { heldBytes, offset },
  });
}

async function openReader(
  path: string,
  { range, signal }: ReadOptions,
): Promise<Readable | undefined> {
  signal?.throwIfAborted();
  const file = await ifExists(open(path, 'r'));
  return file && streamFile(file, range);
}

async function openUnfinished(
  path: string,
  offset: number,
  { signal }: Stoppable,
): Promise<Readable> {
  signal?.throwIfAborted();
  const file = await ifExists(open(path, 'r'));
  if (file === undefined) throw lost(0, offset);
  const { size } = await file.stat();
  if (size >= offset) return streamFile(file, { first: 0, last: offset - 1 });
  await file.close();
  throw lost(size, offset);
}
