import { systemClock } from '#kernel';
import { readEnvironment } from '#platform/config';
import { type ExitCode, exitCodes } from '../command/exit-code.ts';
import { runCli } from './run-cli.ts';
import { createTerminalInput } from './terminal-input.ts';

/** Runs a command line on this process: its streams, its environment, its signals. */
export async function runProgram(words: readonly string[]): Promise<ExitCode> {
  let interruption: AbortSignal | undefined;
  const listen = () => (interruption ??= listenForSignals());
  leaveQuietlyWhenNobodyReads();
  return runCli(words, {
    stdout: process.stdout,
    stderr: process.stderr,
    input: createTerminalInput(process.stdin, process.stderr, listen),
    environment: readEnvironment(),
    get signal() {
      return listen();
    },
    clock: systemClock,
    createClient: async (options) => (await import('#client')).createSlipwayClient(options),
  });
}

/** The first SIGINT or SIGTERM asks to end; a second one ends at once. */
function listenForSignals(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(exitCodes.interrupted);
      controller.abort(new Error(`ended by ${name}`));
    });
  }
  return controller.signal;
}

/** `slipway build logs 3 | head` closes the pipe early: no error worth words. */
function leaveQuietlyWhenNobodyReads(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(exitCodes.ok);
  });
}
