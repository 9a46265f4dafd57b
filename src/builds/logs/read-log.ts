import { buildsErrors } from '../builds-errors.ts';
import type { BuildsParts } from '../builds-options.ts';
import type { Attempt } from '../lifecycle/build.ts';
import type { NumberedLine } from './log-line.ts';
import { findLogHead, type LogHead, listPieces } from './log-store.ts';
import { type Neighbour, readPiece } from './read-piece.ts';

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

export type ReadingParts = Pick<BuildsParts, 'database' | 'logs' | 'logger'>;

/** Throws `ATTEMPT_UNKNOWN`. */
export async function readLog(
  parts: ReadingParts,
  attemptId: string,
  { from, limit }: LogRange,
): Promise<LogPage> {
  // In this order: lines that come in between are only more than the head promises.
  const head = await requireLogHead(parts, attemptId);
  const { startedAt } = head;
  const lines: NumberedLine[] = [];
  for await (const piece of readPieces(parts, { id: attemptId, startedAt }, from)) {
    lines.push(...piece.slice(0, limit - lines.length));
    if (lines.length >= limit) break;
  }
  const next = nextAfter(lines, from);
  return { lines, next, isComplete: isLast(head, next) };
}

/** Throws `ATTEMPT_UNKNOWN`. */
export async function requireLogHead(
  { database }: ReadingParts,
  attemptId: string,
): Promise<LogHead> {
  const head = await database.read((tx) => findLogHead(tx, attemptId));
  if (head !== undefined) return head;
  throw buildsErrors.fail('ATTEMPT_UNKNOWN', `there is no attempt ${attemptId.slice(0, 40)}`);
}

/** Where to go on after lines. One may stand for some that are lost, which nobody asks for again. */
export function nextAfter(lines: readonly NumberedLine[], from: number): number {
  const last = lines.at(-1);
  return last === undefined ? from : last.number + 1;
}

/** Whether no line will come at this number. */
export function isLast({ state, lines }: LogHead, number: number): boolean {
  return state !== 'open' && number >= lines;
}

/** The lines that are there now, from a number on; each piece of the log is read once. */
export async function* readPieces(
  parts: ReadingParts,
  { id, startedAt }: Pick<Attempt, 'id' | 'startedAt'>,
  from: number,
): AsyncGenerator<readonly NumberedLine[], void> {
  const { database } = parts;
  let before: Neighbour = { at: startedAt, phase: 'clone' };
  for (const piece of await database.read((tx) => listPieces(tx, id, from))) {
    const lines = await readPiece(parts, piece, before);
    before = lines.at(-1) ?? before;
    yield lines.filter(({ number }) => number >= from);
  }
}
