import type { SlipwayClient } from '#client';
import type { CommandContext } from '../command/command-context.ts';
import { type ExitCode, exitCodes } from '../command/exit-code.ts';
import { exitCodeOf } from './build-words.ts';
import { LogPrinter } from './log-printer.ts';
import { ProgressPrinter } from './progress-printer.ts';

export interface FollowWishes {
  readonly client: SlipwayClient;
  readonly buildId: number;
  /** Whether log lines are printed beside what happens to the build. */
  readonly lines: boolean;
  readonly timestamps?: boolean;
  readonly attempt?: number | undefined;
}

/**
 * Prints a build live until it has ended; the exit code says how. Lines go to standard output, what
 * happens to the build too where no lines are wanted, else to standard error. With `--json` every
 * event is one line of JSON.
 */
export async function followToEnd(
  context: CommandContext,
  wishes: FollowWishes,
): Promise<ExitCode> {
  const { lines, timestamps = false, attempt } = wishes;
  const logs = new LogPrinter({ output: context.output, timestamps });
  const progress = new ProgressPrinter(lines ? context.progress : context.output, context.clock);
  const follow = { signal: context.signal, ...(attempt !== undefined && { attempt }) };
  for await (const event of wishes.client.followBuild(wishes.buildId, follow)) {
    if (context.json) {
      if (lines || event.type !== 'line') context.output.line(JSON.stringify(event));
    } else if (event.type === 'build') {
      progress.print(event.build);
    } else if (event.type === 'line' && lines) {
      logs.print(event.attempt, event.line);
    }
    if (event.type === 'end') return exitCodeOf(event.state);
  }
  return exitCodes.failed;
}
