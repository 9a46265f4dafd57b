import { buffer } from 'node:stream/consumers';
import type { Ids } from '#kernel';
import type { WriteTransaction } from '#platform/db';
import type { BlobKey, BlobStore } from '#storage';
import type { BuildsParts } from '../builds-options.ts';
import { type LogPiece, type LogSegment, listTail, type TailPiece } from './log-store.ts';

/**
 * Writes the tail and the pieces after it into one segment and lets `keep` say so in a transaction,
 * with no segment where there is nothing to write. When it gives `false` or throws, the bytes go.
 */
export async function storeTail(
  { database, logs, ids }: Pick<BuildsParts, 'database' | 'logs' | 'ids'>,
  attemptId: string,
  after: readonly TailPiece[],
  keep: (tx: WriteTransaction, segment: LogSegment | undefined) => Promise<boolean>,
): Promise<boolean> {
  const tail = await database.read((tx) => listTail(tx, attemptId));
  const pieces = [...tail, ...after];
  const segment = segmentOf(ids, attemptId, pieces);
  if (segment === undefined) return database.transact((tx) => keep(tx, undefined));
  let isKept = false;
  try {
    await writeSegment(logs, segment.key, pieces);
    isKept = await database.transact((tx) => keep(tx, segment));
  } finally {
    if (!isKept) await logs.discard(segment.key);
  }
  return isKept;
}

function segmentOf(
  ids: Ids,
  attemptId: string,
  pieces: readonly TailPiece[],
): LogSegment | undefined {
  const [first] = pieces;
  if (first === undefined) return undefined;
  const lineCount = pieces.reduce((sum, piece) => sum + piece.lineCount, 0);
  return { firstLine: first.firstLine, lineCount, key: newKey(ids, attemptId, first.firstLine) };
}

/** A key that nobody has used: two servers that take the same lines never write the same bytes. */
function newKey(ids: Ids, attemptId: string, firstLine: number): BlobKey {
  return `logs/${attemptId}/${String(firstLine).padStart(10, '0')}-${ids.uuid()}`;
}

async function writeSegment(
  store: BlobStore,
  key: BlobKey,
  pieces: readonly TailPiece[],
): Promise<void> {
  const writer = await store.write(key);
  try {
    for (const { bytes } of pieces) await writer.append(bytes);
  } catch (error) {
    await writer.abort();
    throw error;
  }
  await writer.finish();
}

export async function readPiece(store: BlobStore, { key, bytes }: LogPiece): Promise<Uint8Array> {
  if (bytes !== null) return bytes;
  const stream = key === null ? undefined : await store.read(key);
  if (stream === undefined)
    throw new Error(`the log segment ${key} is missing from the blob store`);
  return buffer(stream);
}
