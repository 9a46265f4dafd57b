import type { Readable, Writable } from 'node:stream';
import { builderErrors } from '../builder-errors.ts';
import type { CommandResult, SandboxCommand } from '../executor.ts';
import { encodeRequest, FrameReader } from './command-frames.ts';
import { imagePlaces } from './image-layout.ts';

/** The image's `command` program, started in a sandbox by whatever means the executor has. */
export interface CommandProgram {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves with its exit code when it has ended and all it said is read. */
  readonly ended: Promise<number>;
  /** Gives it up: whatever it was reached by ends. */
  kill(): void;
}

/** What is asked of a sandbox whose program ended without a word. */
export interface SandboxSigns {
  readonly id: string;
  isAlive(): Promise<boolean>;
  /** The end of its engine's own log. */
  engineLog(): Promise<string>;
}

/** 128 and the number of the signal that can't be refused. */
export const killedExitCode = 137;
const cannotStartExitCode = 126;

/** Runs one command through a program that was started for it; see `Sandbox.run`. */
export async function runCommand(
  program: CommandProgram,
  command: SandboxCommand,
  sandbox: SandboxSigns,
  signal: AbortSignal,
): Promise<CommandResult> {
  const frames = new FrameReader(command.onOutput);
  const complaint = collectText(program.stderr);
  program.stdout.on('data', (bytes: Buffer) => frames.push(bytes));
  program.stdin.on('error', () => undefined); // a sandbox that has gone shows in the exit
  program.stdin.write(encodeRequest(command, environmentOf(command)));
  const exitCode = await endOf(program, signal);
  signal.throwIfAborted();
  if (frames.result !== undefined) return frames.result;
  if (!(await sandbox.isAlive())) throw await sandboxLost(sandbox, complaint());
  return wordlessResult(command, exitCode, complaint());
}

/** How long a killed command's program may take to say so before it is given up. */
const lastWordsMilliseconds = 2_000;

/**
 * Waits for the end and gives the exit code. An abort closes the standard input, which tells the
 * program to kill the command with everything that came from it; it closes as well when this process
 * dies.
 */
async function endOf(program: CommandProgram, signal: AbortSignal): Promise<number> {
  let giveUp: NodeJS.Timeout | undefined;
  const stop = () => {
    program.stdin.end();
    giveUp = setTimeout(() => program.kill(), lastWordsMilliseconds);
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await program.ended;
  } finally {
    clearTimeout(giveUp);
    signal.removeEventListener('abort', stop);
  }
}

/**
 * The program ended without a result, or never began. While the sandbox lives, only the kernel can
 * have killed it, for want of memory: it was sharing that with its command. Otherwise there was no
 * room for it to start in.
 */
function wordlessResult(
  command: SandboxCommand,
  exitCode: number,
  complaint: string,
): CommandResult {
  if (exitCode === killedExitCode) return { exitCode, outOfMemory: true, outOfDisk: false };
  command.onOutput('stderr', Buffer.from(complaint));
  return { exitCode: cannotStartExitCode, outOfMemory: false, outOfDisk: false };
}

async function sandboxLost(sandbox: SandboxSigns, complaint: string): Promise<Error> {
  return builderErrors.fail(
    'SANDBOX_LOST',
    `the sandbox ended while a command ran in it; its engine's log ends with:\n${await sandbox.engineLog()}`,
    { detail: { sandbox: sandbox.id, complaint } },
  );
}

/** HOME is root's, as hooks expect it; attestations would turn single images into indexes. */
function environmentOf(command: SandboxCommand): Readonly<Record<string, string>> {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/root',
    USER: 'root',
    LANG: 'C.UTF-8',
    XDG_RUNTIME_DIR: imagePlaces.runtime,
    DOCKER_HOST: 'unix:///var/run/docker.sock',
    BUILDX_NO_DEFAULT_ATTESTATIONS: '1',
    NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/ca-certificates.crt',
    ...command.environment,
  };
}

const longestTextCharacters = 20_000;

/** The end of what a stream says. */
export function collectText(stream: Readable): () => string {
  let text = '';
  stream.on('data', (bytes: Buffer) => {
    text = `${text}${bytes.toString()}`.slice(-longestTextCharacters);
  });
  return () => text;
}
