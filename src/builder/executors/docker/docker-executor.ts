import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builderErrors } from '../../builder-errors.ts';
import type { Executor, ExecutorFacts, Leftover, Sandbox, SandboxSpec } from '../../executor.ts';
import { imagePrograms, parseVersions } from '../../sandbox-image/image-layout.ts';
import { createDockerCli, type DockerCli } from './docker-cli.ts';
import { DockerSandbox } from './docker-sandbox.ts';
import { gatewayFolderOf, openGatewaySocket } from './gateway-socket.ts';
import { checkEngine, engineAway, readHostFacts } from './host-facts.ts';
import { ensureBuilderImage, hasImage } from './image/builder-image.ts';
import { readExtraAuthorities } from './image/extra-authorities.ts';
import { ownerFolder, ownerLabel, partName, sandboxLabel } from './sandbox-labels.ts';
import { makeSandbox, type SandboxMaterial } from './sandbox-maker.ts';
import { defaultSubnetPool, type SubnetPool } from './sandbox-network.ts';
import { removeSandbox } from './sandbox-remover.ts';

export interface DockerExecutorOptions {
  /** Address of the engine; without it the Docker client's own default. */
  readonly dockerHost?: string;
  /** Where sandboxes keep their disks and sockets while they live: on the engine's host. */
  readonly stateFolder?: string;
  /** Where what images are made of is kept. */
  readonly cacheFolder?: string;
  readonly subnets?: SubnetPool;
  /** A PEM file with authorities to trust inside, for networks whose proxy signs TLS anew. */
  readonly extraCaFile?: string;
  /** A loaded profile with `userns,`; used where AppArmor is on. */
  readonly apparmorProfile?: string;
  /**
   * `hard`: a file system of its own for each sandbox, which needs root on the engine's host.
   * `watched`: the engine's disk, and what runs is killed soon after the limit was passed. Without
   * it the best that the host allows.
   */
  readonly diskLimit?: 'hard' | 'watched';
}

const seccompFile = fileURLToPath(new URL('seccomp.json', import.meta.url));

export function createDockerExecutor(options: DockerExecutorOptions = {}): Executor {
  return new DockerExecutor(options);
}

class DockerExecutor implements Executor {
  readonly kind = 'docker';
  readonly #options: DockerExecutorOptions;
  readonly #docker: DockerCli;
  readonly #stateFolder: string;
  readonly #open = new Set<string>();
  readonly #leftovers = new Map<string, Leftover>();
  #preparation: Promise<Preparation> | undefined;

  constructor(options: DockerExecutorOptions) {
    this.#options = options;
    this.#docker = createDockerCli(options.dockerHost);
    this.#stateFolder = options.stateFolder ?? join(homedir(), '.local/state/slipway/sandboxes');
  }

  async prepare(progress: (line: string) => void, signal: AbortSignal): Promise<ExecutorFacts> {
    return (await this.#prepared(progress, signal)).facts;
  }

  async check(signal: AbortSignal): Promise<void> {
    await checkEngine(this.#docker, signal);
  }

  async open(spec: SandboxSpec, signal: AbortSignal): Promise<Sandbox> {
    const material = await this.#materialWithImage(signal);
    const folder = this.#folderOf(spec);
    const parts = new AsyncDisposableStack();
    parts.defer(() => void this.#open.delete(spec.id));
    parts.defer(async () => void (await this.#remove({ id: spec.id, folder })));
    this.#open.add(spec.id);
    try {
      await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
      await mkdir(folder, { mode: 0o700 });
      parts.use(await openGatewaySocket(gatewayFolderOf(folder), spec.gateway));
      await makeSandbox(material, spec, folder, signal);
    } catch (error) {
      await parts.disposeAsync();
      signal.throwIfAborted();
      throw builderErrors.fail(
        'SANDBOX_FAILED',
        `the sandbox could not be made: ${String(error)}`,
        { cause: error, detail: { sandbox: spec.id } },
      );
    }
    return new DockerSandbox({
      id: spec.id,
      container: partName(spec.id),
      docker: this.#docker,
      remove: () => parts.disposeAsync(),
    });
  }

  async removeOrphans(owner: string): Promise<number> {
    const ids = await this.#idsOf(owner).catch((error: unknown) => {
      throw engineAway(error);
    });
    let removed = 0;
    for (const id of ids) {
      if (this.#open.has(id)) continue;
      if (await this.#remove({ id, folder: this.#folderOf({ id, owner }) })) removed += 1;
    }
    return removed;
  }

  leftovers(): readonly Leftover[] {
    return [...this.#leftovers.values()];
  }

  /** Whether all of it is gone. */
  async #remove(sandbox: { readonly id: string; readonly folder: string }): Promise<boolean> {
    const problems = await removeSandbox(this.#docker, sandbox);
    const { id } = sandbox;
    if (problems.length === 0) this.#leftovers.delete(id);
    else this.#leftovers.set(id, { id, reason: problems.join('; ') });
    return problems.length === 0;
  }

  /** Any of its parts shows that a sandbox is there, even where it was never whole. */
  async #idsOf(owner: string): Promise<ReadonlySet<string>> {
    const filter = ['--filter', `label=${ownerLabel}=${owner}`];
    const format = ['--format', `{{.Label "${sandboxLabel}"}}`];
    const lists = [
      ['ps', '--all'],
      ['network', 'ls'],
      ['volume', 'ls'],
    ];
    const texts = lists.map((list) => this.#docker.call([...list, ...filter, ...format]));
    const folders = await readdir(ownerFolder(this.#stateFolder, owner)).catch(() => []);
    const ids = (await Promise.all(texts)).flatMap((text) => text.split('\n'));
    return new Set([...ids, ...folders].filter((id) => id !== ''));
  }

  /** Only the builder may enter it: whoever gets to the socket in it has the attempt's rights. */
  #folderOf({ id, owner }: Pick<SandboxSpec, 'id' | 'owner'>): string {
    return join(ownerFolder(this.#stateFolder, owner), id);
  }

  /** Once for all callers; a failure is not kept, so that a mended host is tried again. */
  #prepared(progress: (line: string) => void, signal: AbortSignal): Promise<Preparation> {
    this.#preparation ??= this.#prepareOnce(progress, signal).catch((error: unknown) => {
      this.#preparation = undefined;
      throw error;
    });
    return this.#preparation;
  }

  /** Images of an engine get pruned, also under a builder that runs: then it is made again. */
  async #materialWithImage(signal: AbortSignal): Promise<SandboxMaterial> {
    const { material } = await this.#prepared(() => undefined, signal);
    if (await hasImage(this.#docker, material.image)) return material;
    this.#preparation = undefined;
    return (await this.#prepared(() => undefined, signal)).material;
  }

  async #prepareOnce(progress: (line: string) => void, signal: AbortSignal): Promise<Preparation> {
    const options = this.#options;
    const host = await readHostFacts(this.#docker, this.#stateFolder, options.apparmorProfile);
    const cacheFolder = options.cacheFolder ?? join(homedir(), '.cache/slipway');
    const image = await ensureBuilderImage({ docker: this.#docker, cacheFolder, progress, signal });
    const material: SandboxMaterial = {
      docker: this.#docker,
      host,
      image,
      hasHardDiskLimit:
        options.diskLimit === undefined ? host.canMountLoops : options.diskLimit === 'hard',
      seccompFile,
      apparmorProfile: options.apparmorProfile ?? 'unconfined',
      subnets: options.subnets ?? defaultSubnetPool,
      extraAuthorities: await this.#writeAuthorities(),
    };
    return { material, facts: await factsOf(material) };
  }

  /** A file of its own, since the bundle it comes from may be replaced while sandboxes use it. */
  async #writeAuthorities(): Promise<string | undefined> {
    const authorities = await readExtraAuthorities(this.#options.extraCaFile);
    if (authorities.length === 0) return undefined;
    const file = join(this.#stateFolder, 'extra-ca.crt');
    await mkdir(this.#stateFolder, { recursive: true, mode: 0o700 });
    await writeFile(file, `${authorities.join('\n')}\n`, { mode: 0o644 });
    return file;
  }
}

interface Preparation {
  readonly material: SandboxMaterial;
  readonly facts: ExecutorFacts;
}

async function factsOf({ docker, host, image }: SandboxMaterial): Promise<ExecutorFacts> {
  const alone = ['--rm', '--network', 'none', '--entrypoint', imagePrograms.versions];
  const versions = parseVersions(await docker.call(['run', ...alone, image]));
  return { platforms: [host.platform], versions: { 'builder-image': image, ...versions } };
}
