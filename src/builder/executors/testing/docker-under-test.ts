import { execFile } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createDockerExecutor, type DockerExecutorOptions } from '../docker/docker-executor.ts';
import { ownerFolder } from '../docker/sandbox-labels.ts';
import type { ExecutorUnderTest } from './executor-contract.ts';

const execute = promisify(execFile);

export type DockerUnderTest = ExecutorUnderTest & { close(): Promise<void> };

/** A docker executor with a state folder of its own, which its next life shares. */
export function dockerUnderTest(options: DockerExecutorOptions = {}): DockerUnderTest {
  const stateFolder = join(tmpdir(), `slipway-state-${crypto.randomUUID().slice(0, 8)}`);
  const create = () => createDockerExecutor({ stateFolder, ...options });
  const executor = create();
  const complaints = () => executor.leftovers().map(({ id, reason }) => `${id}: ${reason}`);
  return {
    executor,
    nextLife: create,
    leftovers: async (owner) => [...complaints(), ...(await findLeftovers(owner, stateFolder))],
    close: () => rm(stateFolder, { recursive: true, force: true }),
  };
}

async function findLeftovers(owner: string, stateFolder: string): Promise<readonly string[]> {
  const filter = ['--filter', `label=slipway.owner=${owner}`];
  const lists = [
    ['ps', '--all', '--format', 'container {{.Names}}', ...filter],
    ['network', 'ls', '--format', 'network {{.Name}}', ...filter],
    ['volume', 'ls', '--format', 'volume {{.Name}}', ...filter],
  ];
  const texts = await Promise.all(
    lists.map(async (args) => (await execute('docker', args)).stdout),
  );
  const loops = (await execute('losetup', ['--list', '--noheadings', '--output', 'BACK-FILE']))
    .stdout;
  const folder = ownerFolder(stateFolder, owner);
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  const names = texts.flatMap((text) => text.split('\n'));
  const disks = loops.split('\n').filter((file) => file.includes(folder));
  return [...names.filter((line) => line !== ''), ...disks, ...files];
}
