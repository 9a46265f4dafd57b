import type { SlipwayClient, SlipwayClientOptions } from '#client';
import type { Clock } from '#kernel';
import type { SecretInput } from '../command/command-context.ts';

/** The parts of a process that the program runs on; tests hand in their own. */
export interface CliHost {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly input: SecretInput;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /**
   * Aborts at Ctrl-C and when the process is asked to end. Listening begins when it is asked for: a
   * builder, which does not, hears signals in its own way.
   */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  createClient(options: SlipwayClientOptions): Promise<SlipwayClient>;
}

interface TextStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}
