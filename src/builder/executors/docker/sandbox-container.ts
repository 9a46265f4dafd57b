import type { SandboxLimits } from '../../executor.ts';
import { repeat } from './docker-cli.ts';
import type { GatewaySetup } from './gateway-setup.ts';

export interface ContainerPlan {
  readonly name: string;
  readonly image: string;
  readonly labels: readonly string[];
  readonly limits: SandboxLimits;
  readonly network: string;
  readonly volume: string;
  readonly gatewayFolder: string;
  readonly gateway: GatewaySetup;
  readonly seccompFile: string;
  /** A profile that allows user namespaces; undefined where AppArmor is off. */
  readonly apparmorProfile: string | undefined;
  /** A node of the tun device that user 1000 may open. */
  readonly tunDevice: string;
  /** Certificates to trust inside, as a PEM file on the host. */
  readonly extraAuthorities: string | undefined;
  /** Where the volume has no limit of its own: what the watcher inside keeps to. */
  readonly watchedDiskBytes: number | undefined;
}

/**
 * The arguments of `docker run` for a sandbox. User 1000 with two capabilities that only the image's
 * newuidmap and newgidmap can use; `no-new-privileges` would take those away, so it is set later, on
 * everything that runs inside the namespace.
 */
export function sandboxArguments(plan: ContainerPlan): readonly string[] {
  const identity = ['--name', plan.name, '--hostname', 'build', ...repeat('--label', plan.labels)];
  const user = [
    '--user',
    '1000:1000',
    '--cap-drop',
    'ALL',
    ...repeat('--cap-add', ['SETUID', 'SETGID']),
  ];
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
    '--env',
    `SLIPWAY_SETUP=${JSON.stringify(setupOf(plan))}`,
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
    '/slipway/runtime:rw,exec,size=64m,uid=1000,gid=1000,mode=0700',
    '/tmp:rw,size=1m,uid=1000,gid=1000,mode=0700',
  ]),
];

/** The gateway's folder, not its socket: a socket that is made anew would not be seen otherwise. */
function mountArguments(plan: ContainerPlan): readonly string[] {
  const mounts = [
    `type=volume,source=${plan.volume},target=/slipway/volume`,
    `type=bind,source=${plan.gatewayFolder},target=/slipway/gateway,readonly`,
  ];
  if (plan.extraAuthorities !== undefined) {
    mounts.push(`type=bind,source=${plan.extraAuthorities},target=/slipway/extra-ca.crt,readonly`);
  }
  return repeat('--mount', mounts);
}

/** What the image's `engine` script reads. The engine's own networks stay clear of the host's. */
function setupOf(plan: ContainerPlan) {
  const { insecureRegistries, ...gateway } = plan.gateway;
  return {
    ...gateway,
    diskBytes: plan.watchedDiskBytes,
    daemon: {
      'data-root': '/slipway/volume/engine',
      'log-level': 'warn',
      bip: '10.254.0.1/24',
      'default-address-pools': [{ base: '10.254.128.0/17', size: 24 }],
      'insecure-registries': insecureRegistries,
      features: { 'containerd-snapshotter': true },
    },
  };
}
