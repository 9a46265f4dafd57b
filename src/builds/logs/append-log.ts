import { attemptEnded, passFence } from '../attempts/fence.ts';
import { buildsErrors } from '../builds-errors.ts';
import type { BuildsParts } from '../builds-options.ts';
import { encodeLines, type LogLine } from './log-line.ts';
import { addSegment, findLogHead, type LogHead } from './log-store.ts';
import { newSegmentKey, writeSegment } from './segment-blobs.ts';

/** Lines in order. `from` is the number of the first one. */
export interface LogBatch {
  readonly from: number;
  readonly lines: readonly LogLine[];
}

export type LogParts = Pick<BuildsParts, 'database' | 'queue' | 'ids' | 'logs' | 'events'>;

/** Builders cap their logs at 10 MB of text; what is far beyond that is a builder gone wrong. */
const mostBytes = 32 * 1024 * 1024;

/**
 * Adds what is not there yet. A log that is longer than any builder makes takes no more lines, and
 * does not fail. Throws `LOG_GAP` and `ATTEMPT_ENDED`.
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
    if (await storeLines(parts, attemptId, { from: head.lines, lines })) return;
  }
}

function freshLines({ from, lines }: LogBatch, head: LogHead): readonly LogLine[] {
  if (from <= head.lines) return lines.slice(head.lines - from);
  throw buildsErrors.fail('LOG_GAP', `send the log from line ${head.lines} on`, {
    detail: { expected: head.lines, from },
  });
}

/** `false` when another call has added lines since. */
async function storeLines(
  parts: LogParts,
  attemptId: string,
  { from, lines }: LogBatch,
): Promise<boolean> {
  const { database, ids, logs, events } = parts;
  const bytes = encodeLines(lines);
  const key = newSegmentKey(ids, attemptId, from);
  await writeSegment(logs, key, [bytes]);
  const segment = { firstLine: from, lineCount: lines.length, key };
  let isStored = false;
  try {
    isStored = await database.transact(async (tx) => {
      await passFence(tx, parts, attemptId, 'shared');
      events.publish(tx, { type: 'log-grew', attemptId });
      return addSegment(tx, attemptId, segment, bytes.length);
    });
  } finally {
    if (!isStored) await logs.remove(key);
  }
  return isStored;
}
