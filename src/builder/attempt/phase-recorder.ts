import type { Clock, PhaseName } from '#kernel';
import type { Sandbox, SandboxLimits } from '../executor.ts';
import type { AttemptLog, PhaseLog } from '../log/attempt-log.ts';
import { AttemptFailure } from '../phases/attempt-failure.ts';
import { Commands } from '../phases/commands.ts';
import type { AttemptClient } from '../server/attempt-client.ts';

export interface PhaseRecorderOptions {
  readonly client: Pick<AttemptClient, 'sendPhase'>;
  readonly log: AttemptLog;
  readonly limits: SandboxLimits;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What the work of a phase writes to and runs commands with. */
export interface RunningPhase {
  readonly log: PhaseLog;
  readonly commands: Commands;
}

/** Runs phases one after the other and tells the server of their beginnings, ends and exit codes. */
export class PhaseRecorder {
  readonly #options: PhaseRecorderOptions;
  #current: PhaseName = 'clone';

  constructor(options: PhaseRecorderOptions) {
    this.#options = options;
  }

  /** The phase that runs, or ran last. */
  get current(): PhaseName {
    return this.#current;
  }

  /** Where words about the attempt as a whole go: behind what the current phase wrote. */
  say(text: string): void {
    this.#log().say(text);
  }

  async run<Result>(
    phase: PhaseName,
    sandbox: Sandbox,
    work: (running: RunningPhase) => Promise<Result>,
  ): Promise<Result> {
    const { client, clock, signal } = this.#options;
    signal.throwIfAborted();
    this.#current = phase;
    await client.sendPhase({ event: 'start', phase, at: clock.now() });
    try {
      const result = await work({ log: this.#log(), commands: this.commands(sandbox) });
      await this.#end(phase, 0);
      return result;
    } catch (error) {
      if (error instanceof AttemptFailure) {
        await this.#end(phase, error.exitCode ?? 1);
      }
      throw error;
    }
  }

  /** Whoever follows the build reads a phase's last line before its end. */
  async #end(phase: PhaseName, exitCode: number): Promise<void> {
    const { client, clock, log } = this.#options;
    const at = clock.now();
    await log.flush();
    await client.sendPhase({ event: 'end', phase, at, exitCode });
  }

  /** Commands whose output belongs to the current phase. */
  commands(sandbox: Sandbox): Commands {
    const { limits, signal } = this.#options;
    return new Commands({ sandbox, limits, log: this.#log(), signal });
  }

  #log(): PhaseLog {
    return this.#options.log.forPhase(this.#current);
  }
}
