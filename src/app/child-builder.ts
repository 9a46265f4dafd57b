import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Clock, pauseAfter } from '#kernel';
import type { Logger } from '#platform/telemetry';
import { parseChildWord } from './child-words.ts';
import type { ComponentHealth } from './health.ts';

export interface ChildBuilderOptions {
  /** The server's address on this host. */
  readonly serverUrl: string;
  /** Stable over restarts of one installation, and different between installations of one host. */
  readonly name: string;
  /** The whole environment that it gets. */
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface ChildBuilder extends AsyncDisposable {
  /** How it is, by its own last word. */
  health(): ComponentHealth;
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
export function startChildBuilder(options: ChildBuilderOptions): ChildBuilder {
  const stop = new AbortController();
  const current: Current = { health: { status: 'starting' } };
  const running = keepRunning(options, current, stop.signal);
  return {
    health: () => current.health,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await sayFarewell(current.child, options.clock);
      await running;
    },
  };
}

interface Current {
  child?: ChildProcess;
  health: ComponentHealth;
}

async function keepRunning(
  options: ChildBuilderOptions,
  current: Current,
  signal: AbortSignal,
): Promise<void> {
  const { clock, logger } = options;
  let failures = 0;
  while (!signal.aborted) {
    const startedAt = clock.now();
    const child = startChild(options, current);
    current.child = child;
    const end = await endOf(child);
    if (signal.aborted) return;
    failures = clock.now() - startedAt > settledMilliseconds ? 1 : failures + 1;
    const pause = pauseAfter(failures, pauses);
    const { reason } = endedHealth(current, end);
    logger.error(
      { end, reason, againInMilliseconds: pause },
      'the builder ended; starting it again',
    );
    await clock.sleep(pause, signal).catch(() => undefined);
  }
}

/** What it said before it ended explains more than how it ended. */
function endedHealth(current: Current, end: string): ComponentHealth {
  const said = current.health.status === 'degraded' ? current.health.reason : undefined;
  current.health = { status: 'degraded', reason: said ?? `the builder ended: ${end}` };
  return current.health;
}

function startChild(options: ChildBuilderOptions, current: Current): ChildProcess {
  const { serverUrl, name, environment, logger } = options;
  const words = ['builder', '--server', serverUrl, '--name', name, '--child'];
  const child = spawn(process.execPath, [program, ...words], {
    env: environment,
    stdio: ['pipe', 'inherit', 'inherit', 'ipc'],
  });
  // A child that could not be started, or has just gone, hears no farewell.
  child.stdin?.on('error', () => undefined);
  child.on('message', (message) => {
    const word = parseChildWord(message);
    if (word === undefined) return;
    current.health = healthOf(word);
    logger.info({ ...word, pid: child.pid }, 'the builder says how it is');
  });
  return child;
}

function healthOf({ slots, troubles }: NonNullable<ReturnType<typeof parseChildWord>>) {
  if (troubles.length === 0) return { status: 'ok', slots } as const;
  return { status: 'degraded', slots, reason: troubles.join('; ') } as const;
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
