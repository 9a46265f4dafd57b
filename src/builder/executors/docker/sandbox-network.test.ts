import { describe, expect, test } from 'vitest';
import { type DockerCli, DockerFailure } from './docker-cli.ts';
import { createSandboxNetwork, subnetAt, subnetCount } from './sandbox-network.ts';

const pool = { block: '10.213.0.0/16', subnetPrefix: 28 };
const small = { block: '10.213.0.0/30', subnetPrefix: 31 };
const network = { name: 'slipway-1', labels: ['a=b'] };

/** An engine on which these subnets are taken. */
function engine(taken: (subnet: string) => boolean): { docker: DockerCli; made: string[] } {
  const made: string[] = [];
  const call = async (args: readonly string[]) => {
    const subnet = args[args.indexOf('--subnet') + 1] ?? '';
    if (taken(subnet)) {
      throw new DockerFailure('Pool overlaps with other one on this address space');
    }
    made.push(subnet);
    return '';
  };
  const start = () => {
    throw new Error('nothing is started here');
  };
  return { docker: { call, start }, made };
}

describe('subnets of a pool', () => {
  test('are cut from its block one after the other', () => {
    expect(subnetCount(pool)).toBe(4_096);
    expect(subnetAt(pool, 0)).toBe('10.213.0.0/28');
    expect(subnetAt(pool, 17)).toBe('10.213.1.16/28');
    expect(subnetAt(pool, 4_095)).toBe('10.213.255.240/28');
  });

  test('that are taken are passed over', async () => {
    const { docker, made } = engine((subnet) => subnet === '10.213.0.0/31');

    await createSandboxNetwork(docker, small, network);

    expect(made).toEqual(['10.213.0.2/31']);
  });

  test('that are all taken are an error that names the pool and the remedy', async () => {
    const { docker } = engine(() => true);

    const making = createSandboxNetwork(docker, small, network);

    await expect(making).rejects.toThrow(/10\.213\.0\.0\/30.*larger pool/);
  });
});
