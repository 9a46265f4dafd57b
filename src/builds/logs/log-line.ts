import type { Instant, LogStream, PhaseName } from '#kernel';

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

export function decodeLines(bytes: Uint8Array, firstNumber: number): readonly NumberedLine[] {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('utf8')
    .split('\n')
    .filter((text) => text !== '')
    .map((text, index) => ({ ...(JSON.parse(text) as LogLine), number: firstNumber + index }));
}
