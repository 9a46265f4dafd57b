import type { LogLine } from '#protocol';

export interface LogCapLimits {
  /** So much of the beginning is passed on as it comes. */
  readonly headBytes: number;
  /** So much of the end is kept, and passed on when the log ends. */
  readonly tailBytes: number;
}

/** 10 MB: the first fifth, the last four fifths. */
const defaultLogCapLimits: LogCapLimits = { headBytes: 2_000_000, tailBytes: 8_000_000 };

/**
 * Keeps a log within its limits. Which lines are among the last ones is known only at the end, so
 * lines are live up to `headBytes` and wait afterwards, in bounded memory; a log that stays within
 * both limits is complete.
 */
export class LogCap {
  readonly #limits: LogCapLimits;
  readonly #tail: LogLine[] = [];
  #headBytes = 0;
  #tailStart = 0;
  #tailBytes = 0;
  #droppedLines = 0;
  #isWaiting = false;

  constructor(limits: LogCapLimits = defaultLogCapLimits) {
    this.#limits = limits;
  }

  /** Takes a line, and gives those to pass on now. */
  take(line: LogLine): readonly LogLine[] {
    const bytes = sizeOf(line);
    if (!this.#isWaiting && this.#headBytes + bytes <= this.#limits.headBytes) {
      this.#headBytes += bytes;
      return [line];
    }
    const isFirst = !this.#isWaiting;
    this.#isWaiting = true;
    this.#keep(line, bytes);
    return isFirst ? [notice(line, waitingText(this.#limits))] : [];
  }

  /** The end of the log: what waited, behind a marker where lines were left out. */
  finish(): readonly LogLine[] {
    const kept = this.#tail.slice(this.#tailStart);
    const [first] = kept;
    if (first === undefined || this.#droppedLines === 0) return kept;
    return [notice(first, `… ${this.#droppedLines} lines are left out here …`), ...kept];
  }

  #keep(line: LogLine, bytes: number): void {
    this.#tail.push(line);
    this.#tailBytes += bytes;
    while (this.#tailBytes > this.#limits.tailBytes) this.#drop();
  }

  #drop(): void {
    const oldest = this.#tail[this.#tailStart];
    if (oldest === undefined) return;
    this.#tailBytes -= sizeOf(oldest);
    this.#tailStart += 1;
    this.#droppedLines += 1;
    if (this.#tailStart < 10_000) return;
    this.#tail.splice(0, this.#tailStart);
    this.#tailStart = 0;
  }
}

/** What a line takes on its way, however little it says: a log of empty lines is no small log. */
const leastLineBytes = 50;

function sizeOf(line: LogLine): number {
  return Math.max(leastLineBytes, Buffer.byteLength(line.text) + 1);
}

function notice(beside: LogLine, text: string): LogLine {
  return { at: beside.at, phase: beside.phase, stream: 'system', text };
}

function waitingText({ headBytes, tailBytes }: LogCapLimits): string {
  const megabytes = (bytes: number) => `${Math.round(bytes / 100_000) / 10} MB`;
  return `The log has passed ${megabytes(headBytes)}. What follows is shown when the build ends: the last ${megabytes(tailBytes)} of it.`;
}
