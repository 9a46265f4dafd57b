import { networkInterfaces } from 'node:os';
import type { SandboxSpec } from '../../executor.ts';
import { imagePrograms } from '../../sandbox-image/image-layout.ts';
import { imageSetup } from '../../sandbox-image/image-setup.ts';
import { wallRules } from '../../sandbox-image/network-wall.ts';
import { type DockerCli, repeat } from './docker-cli.ts';
import { gatewayFolderOf } from './gateway-socket.ts';
import type { HostFacts } from './host-facts.ts';
import { sandboxArguments } from './sandbox-container.ts';
import { labelsOf, partName } from './sandbox-labels.ts';
import { createSandboxNetwork, type SubnetPool } from './sandbox-network.ts';
import { createLoopVolume, createPlainVolume } from './sandbox-volume.ts';

export interface SandboxMaterial {
  readonly docker: DockerCli;
  readonly host: HostFacts;
  readonly image: string;
  /** The volume is a file system of its own; else a watcher keeps the limit. */
  readonly hasHardDiskLimit: boolean;
  readonly seccompFile: string;
  readonly apparmorProfile: string;
  readonly subnets: SubnetPool;
  readonly extraAuthorities: string | undefined;
}

/**
 * Makes the parts of a sandbox beside its folder, container last but for the wall. Its engine starts meanwhile, but
 * nobody's commands run before the wall stands. An abort counts between the steps, which are short:
 * a client that is killed would leave the engine at work.
 */
export async function makeSandbox(
  material: SandboxMaterial,
  spec: SandboxSpec,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const { docker } = material;
  const part = { name: partName(spec.id), labels: labelsOf(spec) };
  signal.throwIfAborted();
  await allSettledOrThrow([
    createSandboxNetwork(docker, material.subnets, part),
    createVolume(material, spec, folder),
  ]);
  signal.throwIfAborted();
  await docker.call(containerArguments(material, spec, folder));
  signal.throwIfAborted();
  await raiseWall(material, spec);
}

/** Fails only when nothing is under way any more, so that what was made can be removed. */
async function allSettledOrThrow(steps: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(steps);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

async function createVolume(material: SandboxMaterial, spec: SandboxSpec, folder: string) {
  const create = material.hasHardDiskLimit ? createLoopVolume : createPlainVolume;
  await create(material.docker, {
    name: partName(spec.id),
    labels: labelsOf(spec),
    folder,
    diskBytes: spec.limits.diskBytes,
  });
}

function containerArguments(
  material: SandboxMaterial,
  spec: SandboxSpec,
  folder: string,
): readonly string[] {
  const { host } = material;
  return sandboxArguments({
    name: partName(spec.id),
    image: material.image,
    labels: labelsOf(spec),
    limits: spec.limits,
    network: partName(spec.id),
    volume: partName(spec.id),
    gatewayFolder: gatewayFolderOf(folder),
    environment: imageSetup({
      names: spec.gateway.names,
      watchedDiskBytes: material.hasHardDiskLimit ? undefined : spec.limits.diskBytes,
    }),
    seccompFile: material.seccompFile,
    apparmorProfile: host.hasAppArmor ? material.apparmorProfile : undefined,
    tunDevice: host.tunDevice,
    extraAuthorities: material.extraAuthorities,
  });
}

/** A helper sets the rules from outside: nothing in the sandbox has the right to change them. */
async function raiseWall(material: SandboxMaterial, spec: SandboxSpec): Promise<void> {
  const rules = wallRules({
    resolvers: material.host.resolvers,
    allow: spec.network.allow,
    hostAddresses: hostAddresses(),
  });
  const run = ['run', '--rm', '--log-driver', 'none', ...repeat('--label', labelsOf(spec))];
  const rights = ['--user', '0:0', '--cap-drop', 'ALL', '--cap-add', 'NET_ADMIN'];
  const place = ['--network', `container:${partName(spec.id)}`];
  const program = ['--entrypoint', imagePrograms.raiseWall, material.image];
  const helper = [...run, ...rights, ...place, ...program, rules.ipv4, rules.ipv6];
  await material.docker.call(helper);
}

function hostAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return [...new Set(all.filter((each) => !each.internal).map((each) => each.address))];
}
