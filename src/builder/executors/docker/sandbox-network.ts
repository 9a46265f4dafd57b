import { randomInt } from 'node:crypto';
import { type DockerCli, DockerFailure, repeat } from './docker-cli.ts';

/**
 * Where the sandboxes' subnets come from. The engine's own pools end at about thirty networks, so
 * the subnet is chosen here.
 */
export interface SubnetPool {
  /** The block that all subnets are cut from: `10.213.0.0/16`. */
  readonly block: string;
  /** Prefix length of each subnet; 28 leaves room for the sandbox and its helper. */
  readonly subnetPrefix: number;
}

export const defaultSubnetPool: SubnetPool = { block: '10.213.0.0/16', subnetPrefix: 28 };

/** Makes a network in a free subnet of the pool. Throws the engine's words when none is free. */
export async function createSandboxNetwork(
  docker: DockerCli,
  pool: SubnetPool,
  network: { readonly name: string; readonly labels: readonly string[] },
): Promise<void> {
  const count = subnetCount(pool);
  const first = randomInt(count);
  for (let step = 0; step < count; step += 1) {
    const subnet = subnetAt(pool, (first + step) % count);
    if (await tryNetwork(docker, network, subnet)) return;
  }
  throw new DockerFailure(`no subnet of ${pool.block} is free; give the builder a larger pool`);
}

/** False where the subnet is taken: who else makes networks on this engine is not known here. */
async function tryNetwork(
  docker: DockerCli,
  network: { readonly name: string; readonly labels: readonly string[] },
  subnet: string,
): Promise<boolean> {
  const labels = repeat('--label', network.labels);
  try {
    await docker.call(['network', 'create', '--subnet', subnet, ...labels, network.name]);
    return true;
  } catch (error) {
    if (error instanceof DockerFailure && /overlaps/i.test(error.message)) return false;
    throw error;
  }
}

export function subnetCount(pool: SubnetPool): number {
  return 2 ** (pool.subnetPrefix - prefixOf(pool.block));
}

export function subnetAt(pool: SubnetPool, index: number): string {
  const [address = ''] = pool.block.split('/');
  const bytes = address.split('.').map(Number);
  const base = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  const start = base + index * 2 ** (32 - pool.subnetPrefix);
  const parts = [24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256);
  return `${parts.join('.')}/${pool.subnetPrefix}`;
}

function prefixOf(block: string): number {
  return Number(block.split('/')[1]);
}
