import { type Instant, type LogStream, logStreams, type PhaseName, phaseNames } from '#kernel';

/** One line of an attempt's log, without its line end. */
export interface LogLine {
  readonly at: Instant;
  readonly phase: PhaseName;
  readonly stream: LogStream;
  readonly text: string;
}

/** Counted from 0 through the whole attempt. */
export interface NumberedLine extends LogLine {
  readonly number: number;
}

/** One JSON text a line. */
export function encodeLines(lines: readonly LogLine[]): Buffer {
  const texts = lines.map(({ at, phase, stream, text }) =>
    JSON.stringify({ at, phase, stream, text }),
  );
  return Buffer.from(texts.map((text) => `${text}\n`).join(''));
}

/** `undefined` in the place of each line that is damaged. */
export function decodeLines(bytes: Uint8Array): readonly (LogLine | undefined)[] {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('utf8')
    .split('\n')
    .filter((text) => text !== '')
    .map(decodeLine);
}

function decodeLine(text: string): LogLine | undefined {
  try {
    const line: unknown = JSON.parse(text);
    return isLine(line) ? line : undefined;
  } catch {
    return undefined;
  }
}

function isLine(value: unknown): value is LogLine {
  if (typeof value !== 'object' || value === null) return false;
  const { at, phase, stream, text } = value as Readonly<Record<string, unknown>>;
  return (
    Number.isSafeInteger(at) &&
    phaseNames.some((name) => name === phase) &&
    logStreams.some((name) => name === stream) &&
    typeof text === 'string'
  );
}
