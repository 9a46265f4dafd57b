import { attemptEnded, passFence } from '../attempts/fence.ts';
import { buildsErrors } from '../builds-errors.ts';
import type { BuildsParts } from '../builds-options.ts';
import { encodeLines, type LogLine } from './log-line.ts';
import { addSegment, addTail, findLogHead, type LogHead, type TailPiece } from './log-store.ts';
import { type SegmentParts, storeTail } from './segment-blobs.ts';

/** Lines in order. `from` is the number of the first one. */
export interface LogBatch {
  readonly from: number;
  readonly lines: readonly LogLine[];
}

export type LogParts = SegmentParts & Pick<BuildsParts, 'queue' | 'events'>;

/** Builders cap their logs at 10 MB of text; what is far beyond that is a builder gone wrong. */
const mostBytes = 32 * 1024 * 1024;

/** From here on the tail becomes a segment: few to store, small enough to read a page from. */
const segmentBytes = 1024 * 1024;

/**
 * Adds what is not there yet, durably. Lines gather as rows, which a builder waits for a millisecond
 * for and followers read at once, until they fill a segment: a store is asked once a megabyte. A log
 * that is longer than any builder makes takes no more lines, and does not fail. Throws `LOG_GAP` and
 * `ATTEMPT_ENDED`.
 */
export async function appendLog(
  parts: LogParts,
  attemptId: string,
  batch: LogBatch,
): Promise<void> {
  for (;;) {
    const head = await parts.database.read((tx) => findLogHead(tx, attemptId));
    if (head?.attemptState !== 'running') throw attemptEnded(attemptId);
    if (head.bytes >= mostBytes) return;
    const lines = freshLines(batch, head);
    if (lines.length === 0) return;
    const bytes = encodeLines(lines);
    const piece = { firstLine: head.lines, lineCount: lines.length, bytes };
    const fillsSegment = head.tailBytes + bytes.length >= segmentBytes;
    if (await (fillsSegment ? addToSegment : addToTail)(parts, attemptId, piece)) return;
  }
}

function freshLines({ from, lines }: LogBatch, head: LogHead): readonly LogLine[] {
  if (from <= head.lines) return lines.slice(head.lines - from);
  throw buildsErrors.fail('LOG_GAP', `send the log from line ${head.lines} on`, {
    detail: { expected: head.lines, from },
  });
}

/** `false` when another call has added lines since. */
function addToTail(parts: LogParts, attemptId: string, piece: TailPiece): Promise<boolean> {
  const { database, events } = parts;
  return database.transact(async (tx) => {
    await passFence(tx, parts, attemptId, 'shared');
    events.publish(tx, { type: 'log-grew', attemptId });
    return addTail(tx, attemptId, piece);
  });
}

/** As `addToTail`, with all that is in the tail. */
function addToSegment(parts: LogParts, attemptId: string, piece: TailPiece): Promise<boolean> {
  const { events } = parts;
  return storeTail(parts, attemptId, [piece], async (tx, segment) => {
    await passFence(tx, parts, attemptId, 'shared');
    events.publish(tx, { type: 'log-grew', attemptId });
    return segment !== undefined && addSegment(tx, attemptId, segment, piece);
  });
}
