import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Program } from './program.ts';

const execute = promisify(execFile);

/** All that the sandboxes of a builder are made of and that is still on the host. */
export async function listLeftovers(program: Program, builder: string): Promise<readonly string[]> {
  const filter = ['--filter', `label=slipway.owner=${builder}`, '--format'];
  const lists = await Promise.all([
    docker('ps', '--all', ...filter, 'container {{.Names}}'),
    docker('network', 'ls', ...filter, 'network {{.Name}}'),
    docker('volume', 'ls', ...filter, 'volume {{.Name}}'),
    listDisks(builder),
    listSockets(program),
  ]);
  return lists.flat();
}

async function docker(...words: readonly string[]): Promise<readonly string[]> {
  return linesOf((await execute('docker', words)).stdout);
}

/** Sandboxes' disks are files that loop devices stand on, below a folder named by the builder. */
async function listDisks(builder: string): Promise<readonly string[]> {
  const folder = createHash('sha256').update(builder).digest('hex').slice(0, 16);
  const { stdout } = await execute('losetup', ['--list', '--noheadings', '--output', 'BACK-FILE']);
  return linesOf(stdout)
    .filter((file) => file.includes(folder))
    .map((file) => `disk ${file}`);
}

async function listSockets({ temporaryFolder }: Program): Promise<readonly string[]> {
  const builders = (await readdir(temporaryFolder)).filter((name) => name.startsWith('slipway-'));
  const found = builders.map(async (name) => {
    const attempts = await readdir(join(temporaryFolder, name));
    return attempts.map((attempt) => `socket of ${attempt}`);
  });
  return (await Promise.all(found)).flat();
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}
