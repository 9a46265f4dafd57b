import { buffer } from 'node:stream/consumers';
import type { BuildsParts } from '../builds-options.ts';
import { decodeLines, type LogLine, type NumberedLine } from './log-line.ts';
import type { LogPiece } from './log-store.ts';

/** Of the line before: what a line that stands for others is shown with. */
export type Neighbour = Pick<LogLine, 'at' | 'phase'>;

/**
 * The lines of a piece. In the place of lines that are missing or damaged stands one that says so,
 * numbered as the last of them: a log that has lost a part can be read around it.
 */
export async function readPiece(
  parts: Pick<BuildsParts, 'logs' | 'logger'>,
  piece: LogPiece,
  before: Neighbour,
): Promise<readonly NumberedLine[]> {
  const found = decodeLines(await bytesOf(parts, piece));
  const lines: NumberedLine[] = [];
  const isWhole = found.length >= piece.lineCount && !found.includes(undefined);
  if (!isWhole) warnOfLoss(parts, piece);
  let lost = 0;
  for (let index = 0; index < piece.lineCount; index += 1) {
    const number = piece.firstLine + index;
    const line = found[index];
    lost = line === undefined ? lost + 1 : 0;
    if (lost > 1) lines.pop();
    lines.push({ ...(line ?? lossLine(lost, lines.at(-1) ?? before)), number });
  }
  return lines;
}

function warnOfLoss({ logger }: Pick<BuildsParts, 'logger'>, { key, firstLine }: LogPiece): void {
  logger.warn({ key, firstLine }, 'a part of a log is missing or damaged');
}

function lossLine(lost: number, { at, phase }: Neighbour): LogLine {
  const what = lost === 1 ? '1 line is' : `${lost} lines are`;
  const text = `[${what} missing here: this part of the log can't be read]`;
  return { at, phase, stream: 'system', text };
}

/** Nothing where the store can't give them: it may never be able to again. */
async function bytesOf(
  { logs, logger }: Pick<BuildsParts, 'logs' | 'logger'>,
  { key, bytes }: LogPiece,
): Promise<Uint8Array> {
  if (bytes !== null) return bytes;
  try {
    const stream = key === null ? undefined : await logs.read(key);
    return stream === undefined ? new Uint8Array() : await buffer(stream);
  } catch (error) {
    logger.error({ error, key }, 'a segment of a log could not be read');
    return new Uint8Array();
  }
}
