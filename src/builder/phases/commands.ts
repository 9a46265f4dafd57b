import type { CommandResult, Sandbox, SandboxCommand, SandboxLimits } from '../executor.ts';
import type { PhaseLog } from '../log/attempt-log.ts';
import { AttemptFailure } from './attempt-failure.ts';

export interface Command {
  readonly argv: SandboxCommand['argv'];
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: Uint8Array;
}

export interface CommandsOptions {
  readonly sandbox: Sandbox;
  readonly limits: SandboxLimits;
  readonly log: PhaseLog;
  readonly signal: AbortSignal;
}

/** What a probe prints is read into memory up to here; the rest is dropped. */
const mostReadBytes = 4 * 1024 * 1024;
/** The last words of what failed. */
const mostOverheardCharacters = 20_000;

/**
 * Runs commands of one phase in the sandbox. A command that failed because memory or disk ran out
 * ends the attempt with that reason, whoever called it.
 */
export class Commands {
  readonly #options: CommandsOptions;

  constructor(options: CommandsOptions) {
    this.#options = options;
  }

  /** Runs a command whose output belongs into the log. Gives its exit code. */
  async run(command: Command): Promise<number> {
    return (await this.overhear(command)).exitCode;
  }

  /** Runs a command whose output belongs into the log, and gives the end of its complaints too. */
  async overhear(
    command: Command,
  ): Promise<{ readonly exitCode: number; readonly complaints: string }> {
    const { log } = this.#options;
    let complaints = '';
    const result = await this.#execute(command, (stream, bytes) => {
      log.output(stream, bytes);
      if (stream !== 'stderr') return;
      complaints = (complaints + Buffer.from(bytes).toString()).slice(-mostOverheardCharacters);
    });
    log.endOutput();
    return { exitCode: this.#judge(result), complaints };
  }

  /** Runs a command for what it prints; its complaints still go to the log. */
  async read(command: Command): Promise<{ readonly exitCode: number; readonly output: string }> {
    const { log } = this.#options;
    const chunks: Uint8Array[] = [];
    let size = 0;
    const result = await this.#execute(command, (stream, bytes) => {
      if (stream === 'stderr') return log.output(stream, bytes);
      size += bytes.length;
      if (size <= mostReadBytes) chunks.push(Uint8Array.from(bytes));
    });
    log.endOutput();
    return { exitCode: this.#judge(result), output: Buffer.concat(chunks).toString() };
  }

  /** Runs a command for its exit code alone: what it says is of no interest. */
  async check(command: Command): Promise<number> {
    return this.#judge(await this.#execute(command, () => undefined));
  }

  #execute(command: Command, onOutput: SandboxCommand['onOutput']): Promise<CommandResult> {
    const { sandbox, signal } = this.#options;
    return sandbox.run(
      {
        argv: command.argv,
        workingDirectory: command.folder,
        environment: command.environment ?? {},
        ...(command.input === undefined ? {} : { input: command.input }),
        onOutput,
      },
      signal,
    );
  }

  #judge({ exitCode, outOfMemory, outOfDisk }: CommandResult): number {
    const { memoryBytes, diskBytes } = this.#options.limits;
    if (exitCode !== 0 && outOfMemory) {
      throw new AttemptFailure(
        'out_of_memory',
        `the build needed more memory than the ${inGigabytes(memoryBytes)} that a build may use; let it use less, or raise the builder's memory limit (SLIPWAY_BUILDER_MEMORY)`,
        exitCode,
      );
    }
    if (exitCode !== 0 && outOfDisk) {
      throw new AttemptFailure(
        'out_of_disk',
        `the build filled the ${inGigabytes(diskBytes)} of disk that a build may use; make images and files smaller, or raise the builder's disk limit (SLIPWAY_BUILDER_DISK)`,
        exitCode,
      );
    }
    return exitCode;
  }
}

function inGigabytes(bytes: number): string {
  return `${Math.round(bytes / 1e8) / 10} GB`;
}
