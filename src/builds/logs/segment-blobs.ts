import type { Ids } from '#kernel';
import { isCommitUnknown, type WriteTransaction } from '#platform/db';
import type { BlobKey, BlobStore } from '#storage';
import type { BuildsParts } from '../builds-options.ts';
import { type LogSegment, listTail, type TailPiece } from './log-store.ts';
import { adoptStray } from './stray-segment-store.ts';
import { nameSegment, removeSegment } from './stray-segments.ts';

export type SegmentParts = Pick<BuildsParts, 'database' | 'logs' | 'ids' | 'clock' | 'logger'>;

/**
 * Writes the tail and the pieces after it into one segment and lets `keep` say so in a transaction,
 * with no segment where there is nothing to write. When it gives `false` or throws, the bytes go;
 * when nobody can tell whether it was kept, they stay until that shows.
 */
export async function storeTail(
  parts: SegmentParts,
  attemptId: string,
  after: readonly TailPiece[],
  keep: (tx: WriteTransaction, segment: LogSegment | undefined) => Promise<boolean>,
): Promise<boolean> {
  const { database, logs, ids } = parts;
  const tail = await database.read((tx) => listTail(tx, attemptId));
  const pieces = [...tail, ...after];
  const segment = segmentOf(ids, attemptId, pieces);
  if (segment === undefined) return database.transact((tx) => keep(tx, undefined));
  const { key } = segment;
  await nameSegment(parts, key);
  try {
    await writeSegment(logs, key, pieces);
    const isKept = await database.transact(
      async (tx) => (await keep(tx, segment)) && (await requireAdopted(tx, key)),
    );
    if (!isKept) await removeLeft(parts, key);
    return isKept;
  } catch (error) {
    if (!isCommitUnknown(error)) await removeLeft(parts, key);
    if (error instanceof GivenUp) return false;
    throw error;
  }
}

/** Somebody removes the bytes since they took so long; the transaction keeps nothing. */
class GivenUp extends Error {}

async function requireAdopted(tx: WriteTransaction, key: BlobKey): Promise<true> {
  if (await adoptStray(tx, key)) return true;
  throw new GivenUp(`the log segment ${key} was given up`);
}

/** Whoever wanted them kept has an answer already; what fails here is done by the clock. */
async function removeLeft(parts: SegmentParts, key: BlobKey): Promise<void> {
  await removeSegment(parts, key).catch((error: unknown) => {
    parts.logger.warn({ error, key }, 'bytes of a log could not be removed yet');
  });
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
