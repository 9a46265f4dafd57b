import type { Clock, OutputStream, PhaseName } from '#kernel';
import type { LogBatch, LogLine } from '#protocol';
import { LineSplitter } from './line-splitter.ts';
import { LogCap, type LogCapLimits } from './log-cap.ts';
import { LogSender } from './log-sender.ts';
import type { SecretMask } from './secret-mask.ts';

export interface AttemptLogOptions {
  readonly send: (batch: LogBatch) => Promise<void>;
  readonly mask: SecretMask;
  readonly clock: Clock;
  readonly onFailure: (error: unknown) => void;
  readonly limits?: LogCapLimits;
}

/** The log of one attempt: bytes of commands and words of ours become lines, in the order they come. */
export class AttemptLog {
  readonly #options: AttemptLogOptions;
  readonly #cap: LogCap;
  readonly #sender: LogSender;

  constructor(options: AttemptLogOptions) {
    this.#options = options;
    this.#cap = new LogCap(options.limits);
    this.#sender = new LogSender(options);
  }

  /** Where one phase writes. */
  forPhase(phase: PhaseName): PhaseLog {
    const { mask, clock } = this.#options;
    const add = (stream: LogLine['stream'], text: string) =>
      this.#sender.push(this.#cap.take({ at: clock.now(), phase, stream, text }));
    return new PhaseLog(mask, add);
  }

  /** Lets the server have what was written so far. Never throws. */
  async flush(): Promise<void> {
    await this.#sender.flush();
  }

  /** Sends everything that is left. Never throws. */
  async close(): Promise<void> {
    this.#sender.push(this.#cap.finish());
    await this.#sender.close();
  }

  /** Sends nothing any more: nobody wants it. */
  discard(): void {
    this.#sender.discard();
  }
}

export class PhaseLog {
  readonly #splitters: Readonly<Record<LogLine['stream'], LineSplitter>>;

  constructor(mask: SecretMask, add: (stream: LogLine['stream'], text: string) => void) {
    const splitter = (stream: LogLine['stream']) =>
      new LineSplitter(mask, (text) => add(stream, text));
    this.#splitters = {
      stdout: splitter('stdout'),
      stderr: splitter('stderr'),
      system: splitter('system'),
    };
  }

  /** Bytes of a command, as they come. */
  output(stream: OutputStream, bytes: Uint8Array): void {
    this.#splitters[stream].push(bytes);
  }

  /** A command has ended: its last line stands, finished or not. */
  endOutput(): void {
    this.#splitters.stdout.end();
    this.#splitters.stderr.end();
  }

  /** A line of the builder's own, or several. */
  say(text: string): void {
    this.#splitters.system.push(Buffer.from(text));
    this.#splitters.system.end();
  }
}
