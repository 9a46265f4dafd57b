import { mkdir, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '#kernel';
import { builderErrors } from '../../builder-errors.ts';
import type { Executor, ExecutorFacts, Leftover, Sandbox, SandboxSpec } from '../../executor.ts';
import { FakeHost } from './fake-host.ts';
import { FakeSandbox } from './fake-sandbox.ts';
import { type GatewayPort, openGatewayPort } from './gateway-port.ts';
import type { Misbehaviour } from './misbehaviour.ts';

export interface FakeExecutorOptions {
  /** Where sandboxes' folders are while they live. */
  readonly stateFolder?: string;
  /** For every build; a build's own variables come on top, see `readMisbehaviour`. */
  readonly misbehaviour?: Misbehaviour;
  readonly clock?: Clock;
  /** What a test takes away from it. */
  readonly host?: FakeHost;
}

/**
 * An executor that needs nothing but git and runs no code of others: sources are really cloned
 * through the gateway, hooks and builds only act as if, and pushes send tiny images. For tests and
 * for work on everything around builds.
 */
export function createFakeExecutor(options: FakeExecutorOptions = {}): Executor {
  return new FakeExecutor(options);
}

const architectures: Readonly<Record<string, string>> = { x64: 'amd64' };

class FakeExecutor implements Executor {
  readonly kind = 'fake';
  readonly #options: FakeExecutorOptions;
  readonly #stateFolder: string;
  readonly #host: FakeHost;
  readonly #open = new Set<string>();
  readonly #leftovers = new Map<string, Leftover>();

  constructor(options: FakeExecutorOptions) {
    this.#options = options;
    this.#host = options.host ?? new FakeHost();
    this.#stateFolder = options.stateFolder ?? join(tmpdir(), 'slipway-fake-sandboxes');
  }

  async prepare(_: (line: string) => void, signal: AbortSignal): Promise<ExecutorFacts> {
    signal.throwIfAborted();
    this.#host.requireEngine();
    const architecture = architectures[process.arch] ?? process.arch;
    return { platforms: [`linux/${architecture}`], versions: { node: process.versions.node } };
  }

  async check(): Promise<void> {
    this.#host.requireEngine();
  }

  async open(spec: SandboxSpec, signal: AbortSignal): Promise<Sandbox> {
    signal.throwIfAborted();
    this.#host.requireEngine();
    const { misbehaviour = {}, clock = systemClock } = this.#options;
    const port = await openGatewayPort(spec.gateway);
    this.#open.add(spec.id);
    const onClosed = () => void this.#open.delete(spec.id);
    const remove = () => this.#remove(spec);
    try {
      const folder = await this.#makeFolder(spec, port);
      signal.throwIfAborted();
      const host = this.#host;
      return new FakeSandbox({ spec, folder, port, misbehaviour, clock, host, remove, onClosed });
    } catch (error) {
      await port[Symbol.asyncDispose]();
      await remove();
      onClosed();
      signal.throwIfAborted();
      throw builderErrors.fail('SANDBOX_FAILED', `no folder could be made: ${String(error)}`, {
        cause: error,
      });
    }
  }

  async removeOrphans(owner: string): Promise<number> {
    this.#host.requireEngine();
    const ids = await readdir(join(this.#stateFolder, owner)).catch(() => []);
    let removed = 0;
    for (const id of ids) {
      if (!this.#open.has(id) && (await this.#remove({ owner, id }))) removed += 1;
    }
    return removed;
  }

  leftovers(): readonly Leftover[] {
    return [...this.#leftovers.values()];
  }

  /** Whether it is gone. */
  async #remove({ owner, id }: Pick<SandboxSpec, 'owner' | 'id'>): Promise<boolean> {
    const reason = this.#host.refusal;
    if (reason !== undefined) {
      this.#leftovers.set(id, { id, reason });
      return false;
    }
    await rm(this.#folderOf({ owner, id }), { recursive: true, force: true, maxRetries: 3 });
    this.#leftovers.delete(id);
    return true;
  }

  #folderOf({ owner, id }: Pick<SandboxSpec, 'owner' | 'id'>): string {
    return join(this.#stateFolder, owner, id);
  }

  async #makeFolder(spec: SandboxSpec, port: GatewayPort): Promise<string> {
    const folder = this.#folderOf(spec);
    await mkdir(join(folder, 'workspace'), { recursive: true });
    await mkdir(join(folder, 'home'));
    await writeFile(join(folder, 'home', '.gitconfig'), gitConfiguration(spec, port));
    return realpath(folder);
  }
}

/** Leads git to the gateway under the public name, which leads elsewhere on this host. */
function gitConfiguration({ gateway: { names } }: SandboxSpec, { port }: GatewayPort): string {
  return [
    `[url "http://127.0.0.1:${port}/"]`,
    `  insteadOf = ${names.publicScheme}://${names.publicHost}/`,
    '[http]',
    `  extraHeader = Host: ${names.publicHost}`,
    '',
  ].join('\n');
}
