import { parseArgs } from 'node:util';
import { DemoFailure } from './demo-failure.ts';

export interface DemoOptions {
  readonly help: boolean;
  /** Leaves Slipway running at the end. */
  readonly keep: boolean;
  /** Where it listens; any free port without it. */
  readonly port: number | undefined;
}

export const demoHelp = `Usage: ./slipway demo [--keep] [--port N]

From nothing to two images: starts Slipway on this machine, sets up an automated build, pushes a
sample project with git, follows its builds, pulls the images and runs them. It installs what is
missing and says so first; everything else is removed at the end.

  --keep     leave Slipway running, with its user and its images
  --port N   listen on this port; a free one by default
  --help     show this text`;

/** Throws `DemoFailure` for what it does not know. */
export function parseDemoOptions(words: readonly string[]): DemoOptions {
  const { keep = false, help = false, port } = parseWords(words);
  return { keep, help, port: port === undefined ? undefined : parsePort(port) };
}

function parseWords(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        keep: { type: 'boolean' },
        port: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new DemoFailure(
      (error as Error).message,
      'see what it takes with: ./slipway demo --help',
    );
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new DemoFailure(`"${text}" is no port`, 'give a number from 1 to 65535: --port 5000');
}
