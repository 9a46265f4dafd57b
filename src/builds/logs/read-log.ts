import { buildsErrors } from '../builds-errors.ts';
import type { BuildsParts } from '../builds-options.ts';
import { decodeLines, type NumberedLine } from './log-line.ts';
import { findLogHead, listSegments } from './log-store.ts';
import { readSegment } from './segment-blobs.ts';

export interface LogRange {
  /** The number of the first line. */
  readonly from: number;
  readonly limit: number;
}

export interface LogPage {
  readonly lines: readonly NumberedLine[];
  /** Where the next call goes on. */
  readonly next: number;
  /** No line will come after these. */
  readonly isComplete: boolean;
}

export type ReadingParts = Pick<BuildsParts, 'database' | 'logs'>;

/** A reader may meet segments that are being merged: then it looks again. */
const mostLooks = 5;

/** Throws `ATTEMPT_UNKNOWN`. */
export async function readLog(
  parts: ReadingParts,
  attemptId: string,
  range: LogRange,
): Promise<LogPage> {
  for (let look = 1; look <= mostLooks; look += 1) {
    const page = await tryRead(parts, attemptId, range);
    if (page !== undefined) return page;
  }
  throw new Error(`segments of the log of attempt ${attemptId} are missing from the blob store`);
}

async function tryRead(
  { database, logs }: ReadingParts,
  attemptId: string,
  { from, limit }: LogRange,
): Promise<LogPage | undefined> {
  // In this order: lines that come in between are only more than the head promises.
  const head = await database.read((tx) => findLogHead(tx, attemptId));
  if (head === undefined) {
    throw buildsErrors.fail('ATTEMPT_UNKNOWN', `there is no attempt ${attemptId.slice(0, 40)}`);
  }
  const segments = await database.read((tx) => listSegments(tx, attemptId, from));
  const lines: NumberedLine[] = [];
  for (const { key, firstLine } of segments) {
    if (lines.length >= limit) break;
    const bytes = await readSegment(logs, key);
    if (bytes === undefined) return undefined;
    const wanted = decodeLines(bytes, firstLine).filter(({ number }) => number >= from);
    lines.push(...wanted.slice(0, limit - lines.length));
  }
  const next = from + lines.length;
  return { lines, next, isComplete: head.state !== 'open' && next >= head.lines };
}
