import { isWorking } from './run-command.ts';
import { SetUpFailure } from './set-up-failure.ts';

export const isRoot = process.getuid?.() === 0;

/**
 * The command with `sudo` before it where this is not root. A password is asked for on the terminal;
 * without one sudo must work as it is. Throws `SetUpFailure` where there is no sudo.
 */
export async function asRoot(
  program: string,
  words: readonly string[],
): Promise<readonly [string, readonly string[]]> {
  if (isRoot) return [program, words];
  if (await isWorking('sudo', '--version')) return ['sudo', ['--', program, ...words]];
  throw new SetUpFailure(
    `"${[program, ...words].join(' ')}" needs root, and there is no sudo here.`,
    'run that command as root, then start again',
  );
}
