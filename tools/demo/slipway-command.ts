import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Demo, serverUrl } from './demo.ts';
import { type RunOptions, runProgram } from './run-program.ts';

export const slipwayProgram = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** Runs the command line of Slipway as the demo's user would, with a credentials file of the demo's. */
export function runSlipway(
  demo: Demo,
  words: readonly string[],
  options: Omit<RunOptions, 'signal' | 'environment'> = {},
): Promise<string> {
  return runProgram(process.execPath, [slipwayProgram, ...words], {
    ...options,
    signal: demo.signal,
    environment: slipwayEnvironment(demo),
  });
}

/** Shows the command, runs it and shows what it printed. */
export async function showSlipway(
  demo: Demo,
  words: readonly string[],
  options: Omit<RunOptions, 'signal' | 'environment'> = {},
): Promise<void> {
  demo.screen.command(['slipway', ...words]);
  const printed = await runSlipway(demo, words, options);
  if (printed !== '') demo.screen.output(printed);
}

function slipwayEnvironment(demo: Demo): Record<string, string> {
  return { SLIPWAY_SERVER: serverUrl(demo), XDG_CONFIG_HOME: join(demo.folder, 'config') };
}
