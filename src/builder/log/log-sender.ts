import type { Clock } from '#kernel';
import { type LogBatch, type LogLine, logBatchLimits } from '#protocol';

export interface LogSenderOptions {
  readonly send: (batch: LogBatch) => Promise<void>;
  readonly clock: Clock;
  /** Hears of the first batch that could not be sent; nothing is sent after it. */
  readonly onFailure: (error: unknown) => void;
}

/** How long lines gather before they are sent together. */
const gatherMilliseconds = 200;

/** Sends lines in order, one batch at a time, numbered from the first line of the attempt. */
export class LogSender {
  readonly #options: LogSenderOptions;
  #hurry = new AbortController();
  #waiting: LogLine[] = [];
  #sent = 0;
  #failed = false;
  #sending: Promise<void> | undefined;

  constructor(options: LogSenderOptions) {
    this.#options = options;
  }

  push(lines: readonly LogLine[]): void {
    if (this.#failed || lines.length === 0) return;
    for (const line of lines) this.#waiting.push(line);
    this.#sending ??= this.#sendAll();
  }

  /** Sends what has gathered now, and resolves when the server has it. Never throws. */
  async flush(): Promise<void> {
    this.#hurry.abort();
    await this.#sending;
    if (!this.#failed) this.#hurry = new AbortController();
  }

  /** Sends what is left without waiting for more. Never throws. */
  async close(): Promise<void> {
    this.#hurry.abort();
    await this.#sending;
  }

  /** Sends nothing any more. */
  discard(): void {
    this.#failed = true;
    this.#waiting = [];
    this.#hurry.abort();
  }

  async #sendAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        await this.#gather();
        await this.#sendBatch();
      }
    } catch (error) {
      if (!this.#failed) this.#options.onFailure(error);
      this.discard();
    } finally {
      this.#sending = undefined;
    }
  }

  async #gather(): Promise<void> {
    if (this.#waiting.length >= logBatchLimits.lines) return;
    await this.#options.clock.sleep(gatherMilliseconds, this.#hurry.signal).catch(() => undefined);
  }

  async #sendBatch(): Promise<void> {
    const count = batchLength(this.#waiting);
    const lines = this.#waiting.slice(0, count);
    await this.#options.send({ from: this.#sent, lines });
    this.#waiting.splice(0, count);
    this.#sent += count;
  }
}

function batchLength(lines: readonly LogLine[]): number {
  const { lines: mostLines, characters: mostCharacters } = logBatchLimits;
  let characters = 0;
  for (const [index, line] of lines.entries()) {
    characters += line.text.length;
    if (index === mostLines || (index > 0 && characters > mostCharacters)) return index;
  }
  return lines.length;
}
