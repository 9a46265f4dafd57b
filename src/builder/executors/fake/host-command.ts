import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { SandboxCommand } from '../../executor.ts';

export interface HostCommand {
  readonly argv: SandboxCommand['argv'];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly input: Uint8Array | undefined;
  readonly onOutput: SandboxCommand['onOutput'];
}

/**
 * Runs a harmless program of this host in a group of its own, and gives its exit code. An abort
 * kills the whole group; the caller tells an abort by its signal.
 */
export async function runHostCommand(command: HostCommand, signal: AbortSignal): Promise<number> {
  const [program, ...args] = command.argv;
  const child = spawn(program, args, {
    cwd: command.folder,
    env: command.environment,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ending = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  child.stdout.on('data', (bytes: Buffer) => command.onOutput('stdout', bytes));
  child.stderr.on('data', (bytes: Buffer) => command.onOutput('stderr', bytes));
  child.stdin.on('error', () => undefined); // a command need not read its input
  child.stdin.end(command.input ?? '');
  const stop = () => killGroup(child);
  signal.addEventListener('abort', stop, { once: true });
  try {
    const [code, killedBy] = await ending;
    return code ?? 128 + (killedBy === null ? 0 : constants.signals[killedBy]);
  } catch {
    return 127;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // it has ended by itself
  }
}
