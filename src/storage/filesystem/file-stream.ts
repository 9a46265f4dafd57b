import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ByteRange } from '../blob-store.ts';
import { storageErrors } from '../storage-errors.ts';
import { translated } from './system-errors.ts';

const chunkBytes = 256 * 1024;

/**
 * The bytes of a file, which it closes. The first chunk is read before the stream is handed out, and
 * the system is not asked for the file's length: a short file throws when it ends within that chunk,
 * and fails the stream when it ends later.
 */
export async function streamFile(
  file: FileHandle,
  range: ByteRange | undefined,
): Promise<Readable> {
  const next = chunksOf(file, range);
  let first: Promise<Buffer | undefined> | undefined = next();
  try {
    await first;
  } catch (error) {
    await file.close();
    throw error;
  }
  return new Readable({
    highWaterMark: chunkBytes,
    read() {
      const chunk = first ?? next();
      first = undefined;
      chunk.then(
        (bytes) => this.push(bytes ?? null),
        (error: Error) => this.destroy(error),
      );
    },
    destroy(error, done) {
      void closeFile(file, (failure) => done(error ?? failure));
    },
  });
}

async function closeFile(file: FileHandle, done: (failure: Error | null) => void): Promise<void> {
  let failure: Error | null = null;
  try {
    await file.close();
  } catch (error) {
    failure = error as Error;
  }
  done(failure);
}

/** Gives chunk after chunk, and `undefined` at the end: of the range, else of the file. */
function chunksOf(
  file: FileHandle,
  range: ByteRange | undefined,
): () => Promise<Buffer | undefined> {
  let position = range?.first ?? 0;
  const end = range === undefined ? Number.POSITIVE_INFINITY : range.last + 1;
  return () =>
    translated(async () => {
      const wanted = Math.min(chunkBytes, end - position);
      if (wanted === 0) return undefined;
      const bytes = await readAt(file, position, wanted);
      position += bytes.length;
      if (bytes.length < wanted && range !== undefined) throw shortAt(position, end);
      return bytes.length === 0 ? undefined : bytes;
    });
}

/** Fewer bytes than are wanted where the file ends. */
async function readAt(file: FileHandle, position: number, wanted: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(wanted);
  let filled = 0;
  while (filled < wanted) {
    const { bytesRead } = await file.read(buffer, filled, wanted - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled === wanted ? buffer : buffer.subarray(0, filled);
}

function shortAt(heldBytes: number, endByte: number) {
  return storageErrors.fail('BLOB_STORE_SHORT', 'the key holds fewer bytes than were asked for', {
    detail: { heldBytes, endByte },
  });
}
