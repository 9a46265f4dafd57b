import { once } from 'node:events';
import { builderErrors } from '../../builder-errors.ts';
import type { CommandResult, Sandbox, SandboxCommand } from '../../executor.ts';
import { imagePrograms } from '../../sandbox-image/image-layout.ts';
import {
  type CommandProgram,
  collectText,
  killedExitCode,
  runCommand,
} from '../../sandbox-image/run-command.ts';
import type { DockerCli } from './docker-cli.ts';

const engineSeconds = 60;

export interface DockerSandboxParts {
  readonly id: string;
  readonly container: string;
  readonly docker: DockerCli;
  /** Removes everything that belongs to the sandbox, or remembers that it could not; never throws. */
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
    const wait = ['exec', container, imagePrograms.awaitEngine, String(engineSeconds)];
    try {
      await docker.call(wait, { signal });
    } catch (error) {
      signal.throwIfAborted();
      if (!(await this.#isAlive())) throw await this.#lost(error);
      throw builderErrors.fail(
        'SANDBOX_FAILED',
        `the sandbox's container engine did not start; its log ends with:\n${await this.#engineLog()}`,
        { cause: error },
      );
    }
  }

  async run(command: SandboxCommand, signal: AbortSignal): Promise<CommandResult> {
    signal.throwIfAborted();
    const signs = {
      id: this.id,
      isAlive: () => this.#isAlive(),
      engineLog: () => this.#engineLog(),
    };
    return runCommand(this.#startProgram(), command, signs, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#removal ??= this.#parts.remove();
    await this.#removal;
  }

  #startProgram(): CommandProgram {
    const { docker, container } = this.#parts;
    const client = docker.start(['exec', '--interactive', container, imagePrograms.command]);
    const { stdin, stdout, stderr } = client;
    const ended = once(client, 'close').then(() => client.exitCode ?? killedExitCode);
    return { stdin, stdout, stderr, ended, kill: () => void client.kill('SIGKILL') };
  }

  async #lost(cause: unknown): Promise<Error> {
    return builderErrors.fail(
      'SANDBOX_LOST',
      `the sandbox ended while its container engine started; its log ends with:\n${await this.#engineLog()}`,
      { cause },
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
