import { stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { Clock, PhaseName } from '#kernel';
import { phaseName } from '#protocol';
import { builderErrors } from '../../builder-errors.ts';
import type { CommandResult, Sandbox, SandboxCommand, SandboxSpec } from '../../executor.ts';
import { isProbe } from '../../phases/probes.ts';
import { FakeEngine, type Print } from './fake-engine.ts';
import type { FakeHost } from './fake-host.ts';
import type { GatewayPort } from './gateway-port.ts';
import { runHostCommand } from './host-command.ts';
import { type Misbehaviour, readMisbehaviour } from './misbehaviour.ts';

export interface FakeSandboxParts {
  readonly spec: SandboxSpec;
  /** Holds `workspace` and `home`. */
  readonly folder: string;
  readonly port: GatewayPort;
  readonly misbehaviour: Misbehaviour;
  readonly clock: Clock;
  readonly host: FakeHost;
  /** Never throws. */
  readonly remove: () => Promise<unknown>;
  readonly onClosed: () => void;
}

/** Programs that may really run, since nobody but the builder says with which arguments. */
const harmlessPrograms: ReadonlySet<string> = new Set(
  'true false echo cat sleep env pwd git'.split(' '),
);

const ownEnvironment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C.UTF-8',
  DOCKER_HOST: 'unix:///var/run/docker.sock',
  GIT_CONFIG_NOSYSTEM: '1',
};

/**
 * A folder that plays a sandbox. Git and the builder's own probes really run in it; hooks and the
 * container engine only act as if, so that nothing of a stranger's source is ever executed.
 */
export class FakeSandbox implements Sandbox {
  readonly id: string;
  readonly #parts: FakeSandboxParts;
  readonly #engine: FakeEngine;
  readonly #gone = new AbortController();
  readonly #watch: Disposable;

  constructor(parts: FakeSandboxParts) {
    this.id = parts.spec.id;
    this.#parts = parts;
    this.#watch = parts.host.watch(() => this.#gone.abort(new Error('the engine has ended')));
    this.#engine = new FakeEngine({ gatewayPort: parts.port.port, sandboxId: this.id });
  }

  async ready(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
  }

  async run(command: SandboxCommand, signal: AbortSignal): Promise<CommandResult> {
    signal.throwIfAborted();
    const ending = AbortSignal.any([signal, this.#gone.signal]);
    const result = await this.#play(command, ending).catch((error: unknown) => {
      if (!ending.aborted) throw error;
      return ended(137);
    });
    signal.throwIfAborted();
    if (!this.#gone.signal.aborted) return result;
    throw builderErrors.fail('SANDBOX_LOST', 'the sandbox ended while a command ran in it');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#gone.abort(new Error('the sandbox is disposed of'));
    await this.#parts.port[Symbol.asyncDispose]();
    this.#watch[Symbol.dispose]();
    await this.#parts.remove();
    this.#parts.onClosed();
  }

  async #play(command: SandboxCommand, signal: AbortSignal): Promise<CommandResult> {
    const phase = phaseOf(command.argv);
    const wrong = readMisbehaviour(command.environment, this.#parts.misbehaviour);
    if (phase !== undefined) {
      const result = await this.#misbehave(phase, command.argv, wrong, signal);
      if (result !== undefined) return result;
    }
    return ended(await this.#act(command, testExitCode(wrong), signal));
  }

  /** `undefined` when this phase goes as it should. */
  async #misbehave(
    phase: PhaseName,
    argv: SandboxCommand['argv'],
    wrong: Misbehaviour,
    signal: AbortSignal,
  ): Promise<CommandResult | undefined> {
    const { clock } = this.#parts;
    if (wrong.slowMilliseconds !== undefined) await clock.sleep(wrong.slowMilliseconds, signal);
    if (wrong.losePhase === phase) await this[Symbol.asyncDispose]();
    if (wrong.hangPhase === phase) await untilAborted(signal);
    if (wrong.outOfMemoryPhase === phase) return { ...ended(137), outOfMemory: true };
    if (wrong.outOfDiskPhase === phase) return { ...ended(1), outOfDisk: true };
    return wrong.failPhase === phase && !isDockerWait(argv)
      ? ended(wrong.failExitCode ?? 1)
      : undefined;
  }

  async #act(command: SandboxCommand, sutExitCode: number, signal: AbortSignal): Promise<number> {
    const [program, ...args] = command.argv;
    const print: Print = (text) => command.onOutput('stdout', Buffer.from(text));
    if (program === 'docker') {
      return this.#engine.run({ args, print, testExitCode: sutExitCode });
    }
    if (harmlessPrograms.has(program) || isProbe(command.argv)) return this.#host(command, signal);
    if (!(await isFile(this.#outside(program)))) return program.startsWith('/') ? 126 : 127;
    return this.#hook(posix.basename(program), command.environment, print);
  }

  /**
   * Plays well-behaved hooks: a build hook makes the image, unless `FAKE_FORGET_IMAGE` is set, and a
   * push hook pushes it.
   */
  async #hook(
    name: string,
    environment: Readonly<Record<string, string>>,
    print: Print,
  ): Promise<number> {
    const { IMAGE_NAME = '', FAKE_FORGET_IMAGE } = environment;
    print(`fake: hook ${name} does nothing here\n`);
    if (name === 'build' && FAKE_FORGET_IMAGE === undefined) this.#engine.make(IMAGE_NAME);
    return name === 'push' ? this.#engine.push(IMAGE_NAME, print) : 0;
  }

  #host(command: SandboxCommand, signal: AbortSignal): Promise<number> {
    const [program, ...args] = command.argv;
    return runHostCommand(
      {
        argv: [program, ...args.map((arg) => this.#outside(arg))],
        folder: this.#outside(command.workingDirectory),
        environment: {
          ...ownEnvironment,
          HOME: join(this.#parts.folder, 'home'),
          ...command.environment,
        },
        input: command.input,
        onOutput: (stream, bytes) => command.onOutput(stream, this.#inside(bytes)),
      },
      signal,
    );
  }

  /** A path inside the sandbox as the host has it; other text stays. */
  #outside(text: string): string {
    const isInside = text === '/workspace' || text.startsWith('/workspace/');
    return isInside ? join(this.#parts.folder, text) : text;
  }

  #inside(bytes: Uint8Array): Uint8Array {
    const text = Buffer.from(bytes).toString('latin1');
    if (!text.includes(this.#parts.folder)) return bytes;
    return Buffer.from(text.replaceAll(this.#parts.folder, ''), 'latin1');
  }
}

/** Which phase a command decides; most commands decide none. */
function phaseOf(argv: SandboxCommand['argv']): PhaseName | undefined {
  if (isProbe(argv)) return argv[3] === 'slipway-clone' ? 'clone' : undefined;
  const [program, command] = argv;
  if (program === 'docker') {
    const phases: Readonly<Record<string, PhaseName>> = {
      build: 'build',
      wait: 'test',
      push: 'push',
    };
    return phases[command ?? ''];
  }
  const isHook = posix.basename(posix.dirname(program)) === 'hooks';
  return isHook ? phaseName.safeParse(posix.basename(program)).data : undefined;
}

function isDockerWait([program, command]: SandboxCommand['argv']): boolean {
  return program === 'docker' && command === 'wait';
}

/** A default test fails by what its container ended with, not by a command that fails. */
function testExitCode({ failPhase, failExitCode = 1 }: Misbehaviour): number {
  return failPhase === 'test' ? failExitCode : 0;
}

function ended(exitCode: number): CommandResult {
  return { exitCode, outOfMemory: false, outOfDisk: false };
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

async function isFile(path: string): Promise<boolean> {
  const facts = await stat(path).catch(() => undefined);
  return facts?.isFile() ?? false;
}
