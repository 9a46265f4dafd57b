import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { builderErrors } from '../../builder-errors.ts';
import type { CommandResult, Sandbox, SandboxCommand } from '../../executor.ts';
import { encodeRequest, FrameReader } from './command-frames.ts';
import type { DockerCli } from './docker-cli.ts';

const tools = '/usr/local/lib/slipway';
const engineSeconds = 60;
const killedExitCode = 137;
const cannotStartExitCode = 126;
/** How long a killed command's script may take to say so before it is given up. */
const lastWordsMilliseconds = 2_000;

export interface DockerSandboxParts {
  readonly id: string;
  readonly container: string;
  readonly docker: DockerCli;
  /** Removes everything that belongs to the sandbox; never throws. */
  readonly remove: () => Promise<void>;
}

/** One container with its own rootless engine; commands run beside that engine, in its namespace. */
export class DockerSandbox implements Sandbox {
  readonly id: string;
  readonly #parts: DockerSandboxParts;
  #removal: Promise<void> | undefined;

  constructor(parts: DockerSandboxParts) {
    this.id = parts.id;
    this.#parts = parts;
  }

  async ready(signal: AbortSignal): Promise<void> {
    const { docker, container } = this.#parts;
    try {
      await docker.call(['exec', container, `${tools}/await-engine`, String(engineSeconds)], {
        signal,
      });
    } catch (error) {
      signal.throwIfAborted();
      throw builderErrors.fail(
        'SANDBOX_FAILED',
        `the sandbox's container engine did not start; its log ends with:\n${await this.#engineLog()}`,
        { cause: error },
      );
    }
  }

  async run(command: SandboxCommand, signal: AbortSignal): Promise<CommandResult> {
    signal.throwIfAborted();
    const { docker, container } = this.#parts;
    const frames = new FrameReader(command.onOutput);
    const client = docker.start(['exec', '--interactive', container, `${tools}/command`]);
    const complaint = collectText(client.stderr);
    client.stdout.on('data', (bytes: Buffer) => frames.push(bytes));
    client.stdin.on('error', () => undefined); // a sandbox that has gone shows in the exit
    client.stdin.write(encodeRequest(command, environmentOf(command)));
    const exitCode = await closed(client, signal);
    signal.throwIfAborted();
    return frames.result ?? this.#resultWithoutWord(command, exitCode, complaint());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#removal ??= this.#parts.remove();
    await this.#removal;
  }

  /**
   * The command's script ended without a result, or never began. While the sandbox lives, only the
   * kernel can have killed it, for want of memory: it was sharing that with its command. Otherwise
   * there was no room for it to start in.
   */
  async #resultWithoutWord(
    command: SandboxCommand,
    exitCode: number,
    complaint: string,
  ): Promise<CommandResult> {
    if (await this.#isAlive()) {
      if (exitCode === killedExitCode) return { exitCode, outOfMemory: true, outOfDisk: false };
      command.onOutput('stderr', Buffer.from(complaint));
      return { exitCode: cannotStartExitCode, outOfMemory: false, outOfDisk: false };
    }
    throw builderErrors.fail(
      'SANDBOX_LOST',
      `the sandbox ended while a command ran in it; its engine's log ends with:\n${await this.#engineLog()}`,
      { detail: { sandbox: this.id, complaint } },
    );
  }

  /** Asked by doing: what the engine says of a container lags behind its death. */
  async #isAlive(): Promise<boolean> {
    if (this.#removal !== undefined) return false;
    const { docker, container } = this.#parts;
    return docker.call(['exec', container, 'true']).then(
      () => true,
      () => false,
    );
  }

  async #engineLog(): Promise<string> {
    const { docker, container } = this.#parts;
    const client = docker.start(['logs', '--tail', '20', container]);
    const [out, err] = [collectText(client.stdout), collectText(client.stderr)];
    await once(client, 'close');
    return `${out()}${err()}`.trim() || 'nothing';
  }
}

/**
 * Waits for the end and gives the exit code. An abort closes the standard input, which tells the
 * script inside to kill the command with everything that came from it; it closes as well when this
 * process dies.
 */
async function closed(
  client: ChildProcessWithoutNullStreams,
  signal: AbortSignal,
): Promise<number> {
  let giveUp: NodeJS.Timeout | undefined;
  const stop = () => {
    client.stdin.end();
    giveUp = setTimeout(() => client.kill('SIGKILL'), lastWordsMilliseconds);
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    await once(client, 'close');
    return client.exitCode ?? killedExitCode;
  } finally {
    clearTimeout(giveUp);
    signal.removeEventListener('abort', stop);
  }
}

/** HOME is root's, as hooks expect it; attestations would turn single images into indexes. */
function environmentOf(command: SandboxCommand): Readonly<Record<string, string>> {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/root',
    USER: 'root',
    LANG: 'C.UTF-8',
    XDG_RUNTIME_DIR: '/slipway/runtime',
    DOCKER_HOST: 'unix:///var/run/docker.sock',
    BUILDX_NO_DEFAULT_ATTESTATIONS: '1',
    NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/ca-certificates.crt',
    ...command.environment,
  };
}

const longestTextCharacters = 20_000;

function collectText(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.on('data', (bytes: Buffer) => {
    text = `${text}${bytes.toString()}`.slice(-longestTextCharacters);
  });
  return () => text;
}
