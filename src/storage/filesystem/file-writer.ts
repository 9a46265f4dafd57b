import type { FileHandle } from 'node:fs/promises';
import type { BlobWriter, ResumeToken } from '../blob-store.ts';
import { storageErrors } from '../storage-errors.ts';
import { translated } from './system-errors.ts';
import { WriteQueue } from './write-queue.ts';

export interface OpenedFile {
  readonly file: FileHandle;
  /** Where the first byte goes. */
  readonly offset: number;
  /** Whether all that the file holds has been synced. */
  readonly isDurable: boolean;
  /** Makes the file's name durable. */
  readonly syncName: () => Promise<void>;
  readonly signal: AbortSignal | undefined;
}

export function createFileWriter(opened: OpenedFile): BlobWriter {
  const { file, offset, syncName, signal } = opened;
  const queue = new WriteQueue(file, offset);
  let { isDurable } = opened;
  let position = offset;
  const end = async () => {
    try {
      await queue.written();
      if (!isDurable) await file.datasync();
    } finally {
      await file.close();
    }
    await syncName();
  };
  return {
    append: (chunk) =>
      translated(() => {
        signal?.throwIfAborted();
        isDurable = false;
        position += chunk.length;
        return queue.add(chunk);
      }),
    flush: () =>
      translated(async () => {
        await end();
        return tokenAt(position);
      }),
    finish: () => translated(end),
    abort: async () => {
      await queue.written().catch(() => {});
      await file.close().catch(() => {});
    },
  };
}

function tokenAt(offset: number): ResumeToken {
  return String(offset);
}

/** Throws `BLOB_STORE_RESUME` for text that is no token of this driver. */
export function offsetOf(token: ResumeToken): number {
  if (/^\d{1,15}$/.test(token)) return Number(token);
  throw storageErrors.fail('BLOB_STORE_RESUME', 'the token is none of this store');
}
