import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** All that the sandboxes of a builder are made of and that is still on the host. */
export async function listLeftovers(builder: string): Promise<readonly string[]> {
  const filter = ['--filter', `label=slipway.owner=${builder}`, '--format'];
  const lists = await Promise.all([
    docker('ps', '--all', ...filter, 'container {{.Names}}'),
    docker('network', 'ls', ...filter, 'network {{.Name}}'),
    docker('volume', 'ls', ...filter, 'volume {{.Name}}'),
    listDisks(builder),
    listFolders(builder),
  ]);
  return lists.flat();
}

async function docker(...words: readonly string[]): Promise<readonly string[]> {
  return linesOf((await execute('docker', words)).stdout);
}

/** Sandboxes' disks are files that loop devices stand on, below a folder named by the builder. */
async function listDisks(builder: string): Promise<readonly string[]> {
  const { stdout } = await execute('losetup', ['--list', '--noheadings', '--output', 'BACK-FILE']);
  return linesOf(stdout)
    .filter((file) => file.includes(folderName(builder)))
    .map((file) => `disk ${file}`);
}

/** Where each sandbox has its disk and its socket. */
async function listFolders(builder: string): Promise<readonly string[]> {
  const folder = join(homedir(), '.local/state/slipway/sandboxes', folderName(builder));
  const sandboxes = await readdir(folder).catch(() => []);
  return sandboxes.map((sandbox) => `folder of ${sandbox}`);
}

function folderName(builder: string): string {
  return createHash('sha256').update(builder).digest('hex').slice(0, 16);
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}
