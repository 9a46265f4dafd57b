import type { SlipwayClient } from '#client';
import type { BuildEvent } from '#protocol';
import type { CommandContext } from '../command/command-context.ts';
import { type ExitCode, exitCodes } from '../command/exit-code.ts';
import { exitCodeOf } from './build-words.ts';
import { FollowedBuild } from './followed-build.ts';

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
  const { client, buildId, attempt } = wishes;
  const print = context.json ? printJson(context, wishes) : printForPeople(context, wishes);
  const follow = { signal: context.signal, ...(attempt !== undefined && { attempt }) };
  for await (const event of client.followBuild(buildId, follow)) {
    print(event);
    if (event.type === 'end') return exitCodeOf(event.state);
  }
  return exitCodes.failed;
}

type Print = (event: BuildEvent) => void;

function printJson({ output }: CommandContext, { lines }: FollowWishes): Print {
  return (event) => {
    if (lines || event.type !== 'line') output.line(JSON.stringify(event));
  };
}

function printForPeople(context: CommandContext, wishes: FollowWishes): Print {
  const build = new FollowedBuild(context, wishes);
  return (event) => build.show(event);
}
