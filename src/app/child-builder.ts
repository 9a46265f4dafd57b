import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Clock, pauseAfter } from '#kernel';
import type { Logger } from '#platform/telemetry';

export interface ChildBuilderOptions {
  /** The server's address on this host. */
  readonly serverUrl: string;
  /** Stable over restarts of one installation, and different between installations of one host. */
  readonly name: string;
  readonly token: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const program = fileURLToPath(new URL('../cli/main.ts', import.meta.url));
const pauses = { firstMilliseconds: 500, longestMilliseconds: 30_000 };
/** Who lived so long did not die of its start. */
const settledMilliseconds = 60_000;
const farewellMilliseconds = 20_000;

/**
 * The server's own builder, a child process: only it touches Docker. It is started again when it
 * ends, and ends by itself when the server has gone, since its standard input closes then.
 */
export function startChildBuilder(options: ChildBuilderOptions): AsyncDisposable {
  const stop = new AbortController();
  const current: { child?: ChildProcess } = {};
  const running = keepRunning(options, current, stop.signal);
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await sayFarewell(current.child, options.clock);
      await running;
    },
  };
}

async function keepRunning(
  options: ChildBuilderOptions,
  current: { child?: ChildProcess },
  signal: AbortSignal,
): Promise<void> {
  const { clock, logger } = options;
  let failures = 0;
  while (!signal.aborted) {
    const startedAt = clock.now();
    const child = startChild(options);
    current.child = child;
    const end = await endOf(child);
    if (signal.aborted) return;
    failures = clock.now() - startedAt > settledMilliseconds ? 1 : failures + 1;
    const pause = pauseAfter(failures, pauses);
    logger.error({ end, againInMilliseconds: pause }, 'the builder ended; starting it again');
    await clock.sleep(pause, signal).catch(() => undefined);
  }
}

function startChild({ serverUrl, name, token, environment }: ChildBuilderOptions): ChildProcess {
  const words = ['builder', '--server', serverUrl, '--name', name, '--child'];
  return spawn(process.execPath, [program, ...words], {
    env: { ...environment, SLIPWAY_BUILDER_TOKEN: token },
    stdio: ['pipe', 'inherit', 'inherit'],
  });
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, killedBy) => resolve(killedBy ?? `exit code ${code}`));
  });
}

/** Closes its standard input, on which it throws its sandboxes away and ends. */
async function sayFarewell(child: ChildProcess | undefined, clock: Clock): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const patience = new AbortController();
  const ended = endOf(child).then(() => patience.abort());
  child.stdin?.end();
  await clock.sleep(farewellMilliseconds, patience.signal).then(
    () => child.kill('SIGKILL'),
    () => undefined,
  );
  await ended;
}
