import type { NumberedLogLine } from '#protocol';
import type { Output } from '../command/command-context.ts';
import { printableText } from '../output/printable-text.ts';
import { formatClock } from '../output/time-text.ts';

export interface LogPrinterOptions {
  readonly output: Output;
  /** Puts the time in front of every line. */
  readonly timestamps: boolean;
}

/** Prints log lines under a heading for each phase. */
export class LogPrinter {
  readonly #options: LogPrinterOptions;
  #attempt: number | undefined;
  #phase: string | undefined;

  constructor(options: LogPrinterOptions) {
    this.#options = options;
  }

  print(attempt: number, line: NumberedLogLine): void {
    const { output, timestamps } = this.#options;
    if (attempt !== this.#attempt || line.phase !== this.#phase) this.#head(attempt, line);
    const time = timestamps ? `${output.style.dim(line.at)} ` : '';
    output.line(`${time}${printableText(line.text, output.style.isColourful)}`);
  }

  #head(attempt: number, { phase, at }: NumberedLogLine): void {
    const { output } = this.#options;
    const retried = attempt > 1 ? ` (attempt ${attempt})` : '';
    output.line(output.style.bold(`── ${phase}${retried} ── ${formatClock(at)}`));
    this.#attempt = attempt;
    this.#phase = phase;
  }
}
