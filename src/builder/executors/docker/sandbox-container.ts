import type { SandboxLimits } from '../../executor.ts';
import { imagePlaces, imageUser } from '../../sandbox-image/image-layout.ts';
import { repeat } from './docker-cli.ts';

export interface ContainerPlan {
  readonly name: string;
  readonly image: string;
  readonly labels: readonly string[];
  readonly limits: SandboxLimits;
  readonly network: string;
  readonly volume: string;
  readonly gatewayFolder: string;
  /** Of the image's first process. */
  readonly environment: Readonly<Record<string, string>>;
  readonly seccompFile: string;
  /** A profile that allows user namespaces; undefined where AppArmor is off. */
  readonly apparmorProfile: string | undefined;
  /** A node of the tun device that user 1000 may open. */
  readonly tunDevice: string;
  /** Certificates to trust inside, as a PEM file on the host. */
  readonly extraAuthorities: string | undefined;
}

/**
 * The arguments of `docker run` for a sandbox. User 1000 with two capabilities that only the image's
 * newuidmap and newgidmap can use; `no-new-privileges` would take those away, so it is set later, on
 * everything that runs inside the namespace.
 */
export function sandboxArguments(plan: ContainerPlan): readonly string[] {
  const identity = ['--name', plan.name, '--hostname', 'build', ...repeat('--label', plan.labels)];
  const rights = ['--cap-drop', 'ALL', ...repeat('--cap-add', ['SETUID', 'SETGID'])];
  const user = ['--user', `${imageUser}:${imageUser}`, ...rights];
  const environment = Object.entries(plan.environment).map(([name, value]) => `${name}=${value}`);
  const devices = ['--device', `${plan.tunDevice}:/dev/net/tun`, '--network', plan.network];
  return [
    'run',
    '--detach',
    ...identity,
    ...user,
    ...devices,
    ...securityArguments(plan),
    ...limitArguments(plan.limits),
    ...mountArguments(plan),
    ...writableArguments,
    ...repeat('--log-opt', ['max-size=1m', 'max-file=1']),
    ...repeat('--env', environment),
    plan.image,
  ];
}

function securityArguments(plan: ContainerPlan): readonly string[] {
  const options = [`seccomp=${plan.seccompFile}`, 'systempaths=unconfined'];
  if (plan.apparmorProfile !== undefined) options.push(`apparmor=${plan.apparmorProfile}`);
  return repeat('--security-opt', options);
}

function limitArguments(limits: SandboxLimits): readonly string[] {
  const memory = `${limits.memoryBytes}b`;
  const processor = ['--cpus', String(limits.cpus), '--pids-limit', String(limits.processes)];
  return [...processor, '--memory', memory, '--memory-swap', memory];
}

/**
 * Nothing inside can write to the engine's own disk: the root file system is read-only, and the image
 * makes one on the sandbox's volume. Sockets and process ids lie in memory.
 */
const writableArguments = [
  '--read-only',
  ...repeat('--tmpfs', [
    `${imagePlaces.runtime}:rw,exec,size=64m,uid=${imageUser},gid=${imageUser},mode=0700`,
    `/tmp:rw,size=1m,uid=${imageUser},gid=${imageUser},mode=0700`,
  ]),
];

/** The gateway's folder, not its socket: a socket that is made anew would not be seen otherwise. */
function mountArguments(plan: ContainerPlan): readonly string[] {
  const mounts = [
    `type=volume,source=${plan.volume},target=${imagePlaces.volume}`,
    `type=bind,source=${plan.gatewayFolder},target=${imagePlaces.gateway},readonly`,
  ];
  const { extraAuthorities: authorities } = plan;
  if (authorities !== undefined) {
    mounts.push(`type=bind,source=${authorities},target=${imagePlaces.extraAuthorities},readonly`);
  }
  return repeat('--mount', mounts);
}
