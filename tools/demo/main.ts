/** `./slipway demo`: from nothing to two tested images in one command. */
import { AppError } from '#kernel';
import { SetUpFailure } from '../setup/index.ts';
import { DemoFailure } from './demo-failure.ts';
import { demoHelp, parseDemoOptions } from './demo-options.ts';
import { runDemo } from './run-demo.ts';
import { createScreen } from './screen.ts';

const interruptedExitCode = 130;

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  const { signal } = interruption();
  const isColourful = process.stdout.isTTY && !process.env['NO_COLOR'];
  const screen = createScreen(process.stdout, isColourful);
  try {
    const options = parseDemoOptions(words);
    if (options.help) process.stdout.write(`${demoHelp}\n`);
    else await runDemo({ screen, signal, ...options });
    return 0;
  } catch (error) {
    if (signal.aborted) {
      process.stderr.write('\nThe demo was interrupted; what it made is removed.\n');
      return interruptedExitCode;
    }
    process.stderr.write(`\n${describeFailure(error)}\n`);
    return 1;
  }
}

/** Ctrl-C once ends the demo with its cleaning up; twice ends it at once. */
function interruption(): AbortController {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(interruptedExitCode);
      process.stderr.write('\nCleaning up …\n');
      controller.abort(new Error(`ended by ${name}`));
    });
  }
  return controller;
}

/** Throws what nobody foresaw, with its stack. */
function describeFailure(error: unknown): string {
  if (error instanceof DemoFailure || error instanceof SetUpFailure) {
    return `The demo stopped: ${error.message}\n\nWhat to do: ${error.remedy}`;
  }
  if (error instanceof AppError) return `The demo stopped: ${error.message}`;
  throw error;
}
