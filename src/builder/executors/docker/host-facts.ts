import { chmod, mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { builderErrors } from '../../builder-errors.ts';
import type { DockerCli } from './docker-cli.ts';
import { runHostProgram } from './host-program.ts';

/** What the executor found out about the host once, before the first sandbox. */
export interface HostFacts {
  /** OCI's words: `linux/amd64`. */
  readonly platform: string;
  readonly hasAppArmor: boolean;
  /** A tun node that user 1000 may open. */
  readonly tunDevice: string;
  /** Loop devices can be made: a hard limit for the disk. */
  readonly canMountLoops: boolean;
  /** Name servers that sandboxes ask. */
  readonly resolvers: readonly string[];
}

/** Throws `EXECUTOR_UNAVAILABLE` with the first thing that is missing and how to mend it. */
export async function readHostFacts(
  docker: DockerCli,
  stateFolder: string,
  apparmorProfile: string | undefined,
): Promise<HostFacts> {
  const engine = await readEngine(docker);
  await checkUserNamespaces(apparmorProfile);
  return {
    platform: engine.platform,
    hasAppArmor: engine.securityOptions.some((option) => option.includes('apparmor')),
    tunDevice: await findTunDevice(stateFolder),
    canMountLoops: process.getuid?.() === 0 && (await hasPrograms(['mkfs.ext4', 'losetup'])),
    resolvers: await readResolvers(),
  };
}

async function readEngine(docker: DockerCli) {
  try {
    const text = await docker.call(['info', '--format', '{{json .}}']);
    const info = JSON.parse(text) as {
      OSType: string;
      Architecture: string;
      SecurityOptions?: string[];
    };
    return {
      platform: `${info.OSType}/${ociArchitecture(info.Architecture)}`,
      securityOptions: info.SecurityOptions ?? [],
    };
  } catch (error) {
    throw engineAway(error);
  }
}

/** Throws `EXECUTOR_UNAVAILABLE` unless the engine answers. */
export async function checkEngine(docker: DockerCli, signal: AbortSignal): Promise<void> {
  try {
    await docker.call(['version', '--format', '{{.Server.Version}}'], { signal });
  } catch (error) {
    throw engineAway(error);
  }
}

export function engineAway(cause: unknown): Error {
  return builderErrors.fail(
    'EXECUTOR_UNAVAILABLE',
    'Docker Engine does not answer; install it (apt-get install docker.io), start it, and let this user reach its socket',
    { cause },
  );
}

/** The engine names processors as uname does. */
function ociArchitecture(machine: string): string {
  const names: Readonly<Record<string, string>> = {
    x86_64: 'amd64',
    aarch64: 'arm64',
    armv7l: 'arm',
  };
  return names[machine] ?? machine;
}

async function checkUserNamespaces(apparmorProfile: string | undefined): Promise<void> {
  if ((await readNumber('/proc/sys/user/max_user_namespaces')) === 0) {
    throw builderErrors.fail(
      'EXECUTOR_UNAVAILABLE',
      'user namespaces are off on this host; run: sysctl -w user.max_user_namespaces=15000',
    );
  }
  const restriction = '/proc/sys/kernel/apparmor_restrict_unprivileged_userns';
  if (apparmorProfile === undefined && (await readNumber(restriction)) === 1) {
    throw builderErrors.fail(
      'EXECUTOR_UNAVAILABLE',
      'AppArmor keeps ordinary users from making user namespaces; run: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or load a profile with "userns," and name it in the apparmorProfile setting',
    );
  }
}

async function readNumber(path: string): Promise<number | undefined> {
  try {
    return Number(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

const hostTunDevice = '/dev/net/tun';
const othersMayReadAndWrite = 0o006;

/** The host's own node where everybody may open it, else one of ours beside it. */
async function findTunDevice(stateFolder: string): Promise<string> {
  const host = await stat(hostTunDevice).catch(() => undefined);
  if (host !== undefined && (host.mode & othersMayReadAndWrite) === othersMayReadAndWrite) {
    return hostTunDevice;
  }
  const own = join(stateFolder, 'tun');
  try {
    await mkdir(stateFolder, { recursive: true, mode: 0o700 });
    const made = await stat(own).catch(() => undefined);
    if (made === undefined) await runHostProgram('mknod', [own, 'c', '10', '200']);
    await chmod(own, 0o666);
    return own;
  } catch (error) {
    throw builderErrors.fail(
      'EXECUTOR_UNAVAILABLE',
      `sandboxes need a tun device that every user may open; run: modprobe tun; chmod 666 ${hostTunDevice}`,
      { cause: error },
    );
  }
}

async function hasPrograms(names: readonly string[]): Promise<boolean> {
  const asked = names.map((name) =>
    runHostProgram(name, ['-V']).then(
      () => true,
      ({ code }: { readonly code?: unknown }) => code !== 'ENOENT',
    ),
  );
  return (await Promise.all(asked)).every(Boolean);
}

/** Docker passes queries on to these; where they are loopback addresses, systemd knows the real ones. */
async function readResolvers(): Promise<readonly string[]> {
  const files = ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf'];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return [...new Set(texts.flatMap(nameServers))];
}

export function nameServers(resolvConf: string): readonly string[] {
  return resolvConf
    .split('\n')
    .map((line) => /^\s*nameserver\s+([0-9a-f.:]+)/i.exec(line)?.[1] ?? '')
    .filter((address) => address !== '' && address !== '::1' && !address.startsWith('127.'));
}
