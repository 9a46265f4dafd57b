import { formatSeconds, type PhaseName } from '#kernel';
import { listPhases } from '../attempts/phase-store.ts';
import type { LogParts } from './append-log.ts';
import { encodeLines, type LogLine } from './log-line.ts';
import { addTail, completeLog, findLogHead, settleLog, type UnfinishedLog } from './log-store.ts';
import { storeTail } from './segment-blobs.ts';

/**
 * Brings the log of an ended attempt to rest: writes its last lines where it was stopped or lost, and
 * makes its tail a segment. Whatever a crash left half done is done by the next call.
 */
export async function closeLog(parts: LogParts, log: UnfinishedLog): Promise<void> {
  const { attemptId } = log;
  if (log.state === 'open') await writeEnd(parts, log);
  await storeTail(parts, attemptId, [], (tx, segment) => settleLog(tx, attemptId, segment));
}

/** Does nothing when another server has done it. */
async function writeEnd({ database, events }: LogParts, log: UnfinishedLog): Promise<void> {
  const { attemptId } = log;
  const head = await database.read((tx) => findLogHead(tx, attemptId));
  if (head === undefined) return;
  const phases = (await database.read((tx) => listPhases(tx, [attemptId]))).get(attemptId) ?? [];
  const lines = lastLines(log, phases.at(-1)?.name ?? 'clone');
  const bytes = encodeLines(lines);
  await database.transact(async (tx) => {
    const piece = { firstLine: head.lines, lineCount: lines.length, bytes };
    if (!(await addTail(tx, attemptId, piece))) return;
    await completeLog(tx, attemptId);
    events.publish(tx, { type: 'log-grew', attemptId });
  });
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
