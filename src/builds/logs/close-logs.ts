import { formatSeconds, type PhaseName } from '#kernel';
import { listPhases } from '../attempts/phase-store.ts';
import type { LogParts } from './append-log.ts';
import { encodeLines, type LogLine } from './log-line.ts';
import {
  addSegment,
  completeLog,
  findLogHead,
  type LogSegment,
  listSegments,
  listUnfinishedLogs,
  replaceSegments,
  type UnfinishedLog,
} from './log-store.ts';
import { newSegmentKey, readSegment, writeSegment } from './segment-blobs.ts';

const logsAtOnce = 100;
const pieceBytes = 1024 * 1024;

/**
 * Brings the logs of ended attempts to rest: writes the last lines of those that were stopped or
 * lost, and merges segments into few. Whatever a crash left half done is done by the next call.
 */
export async function closeLogs(parts: LogParts): Promise<void> {
  const unfinished = await parts.database.read((tx) => listUnfinishedLogs(tx, logsAtOnce));
  for (const log of unfinished) {
    if (log.state === 'open') await writeEnd(parts, log);
    await mergeLog(parts, log.attemptId);
  }
}

async function writeEnd(parts: LogParts, log: UnfinishedLog): Promise<void> {
  const { database, ids, logs, events } = parts;
  const { attemptId } = log;
  const head = await database.read((tx) => findLogHead(tx, attemptId));
  if (head === undefined) return;
  const phases = (await database.read((tx) => listPhases(tx, [attemptId]))).get(attemptId) ?? [];
  const bytes = encodeLines(lastLines(log, phases.at(-1)?.name ?? 'clone'));
  const lineCount = lastTexts(log).length;
  const key = newSegmentKey(ids, attemptId, head.lines);
  await writeSegment(logs, key, [bytes]);
  const isStored = await database.transact(async (tx) => {
    const segment = { firstLine: head.lines, lineCount, key };
    if (!(await addSegment(tx, attemptId, segment, bytes.length))) return false;
    await completeLog(tx, attemptId);
    events.publish(tx, { type: 'log-grew', attemptId });
    return true;
  });
  if (!isStored) await logs.remove(key);
}

function lastLines(log: UnfinishedLog, phase: PhaseName): readonly LogLine[] {
  return lastTexts(log).map((text) => ({ at: log.endedAt, phase, stream: 'system', text }));
}

/** The first line of a stopped build is Docker Hub's, to the letter; the second says which it was. */
function lastTexts({ attemptState, message, endedAt }: UnfinishedLog): readonly string[] {
  if (attemptState !== 'canceled') return [message];
  const time = formatSeconds(endedAt);
  return [
    `${time} The build was cancelled or exceeded the maximum execution time.`,
    `${time} ${message}`,
  ];
}

async function mergeLog(parts: LogParts, attemptId: string): Promise<void> {
  const { database, logs } = parts;
  const segments = await database.read((tx) => listSegments(tx, attemptId, 0));
  const merged = segments.length > 1 ? await writeMerged(parts, attemptId, segments) : segments;
  if (merged === undefined) return;
  const isReplaced = await database.transact((tx) => replaceSegments(tx, attemptId, merged));
  const used = new Set((isReplaced ? merged : segments).map(({ key }) => key));
  const unused = [...segments, ...merged].filter(({ key }) => !used.has(key));
  for (const { key } of unused) await logs.remove(key);
}

/** Pieces of about a megabyte: few to store, small enough to read a page from. */
async function writeMerged(
  { ids, logs }: LogParts,
  attemptId: string,
  segments: readonly LogSegment[],
): Promise<readonly LogSegment[] | undefined> {
  const merged: LogSegment[] = [];
  let waiting: { readonly segment: LogSegment; readonly bytes: Buffer }[] = [];
  const flush = async () => {
    const [first] = waiting;
    if (first === undefined) return;
    const { firstLine } = first.segment;
    const key = newSegmentKey(ids, attemptId, firstLine);
    await writeSegment(
      logs,
      key,
      waiting.map(({ bytes }) => bytes),
    );
    const lineCount = waiting.reduce((sum, { segment }) => sum + segment.lineCount, 0);
    merged.push({ firstLine, lineCount, key });
    waiting = [];
  };
  for (const segment of segments) {
    const bytes = await readSegment(logs, segment.key);
    // Another server has merged the log since, and removed what it read.
    if (bytes === undefined) return undefined;
    waiting.push({ segment, bytes });
    if (waiting.reduce((sum, each) => sum + each.bytes.length, 0) >= pieceBytes) await flush();
  }
  await flush();
  return merged;
}
