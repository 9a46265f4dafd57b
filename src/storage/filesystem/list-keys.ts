import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isKeySegment } from '../blob-key.ts';
import type { BlobKey, ListPage } from '../blob-store.ts';
import { ifExists } from './system-errors.ts';

/** The keys of files under `root`, in byte order. Folders that hold none of the page are not read. */
export async function listKeys(
  root: string,
  prefix: string,
  { after, limit, signal }: ListPage,
): Promise<readonly BlobKey[]> {
  const keys: BlobKey[] = [];
  const mayHold = (path: string) =>
    (path.startsWith(prefix) || prefix.startsWith(path)) &&
    (path > after || after.startsWith(path));
  const visit = async (folder: string): Promise<void> => {
    signal?.throwIfAborted();
    for (const path of await pathsIn(root, folder)) {
      if (keys.length >= limit) return;
      if (path.endsWith('/')) {
        if (mayHold(path)) await visit(path);
      } else if (path.startsWith(prefix) && path > after) {
        keys.push(path);
      }
    }
  };
  await visit('');
  return keys;
}

/** What lies in a folder, itself `''` or ending in `/`, sorted as the keys below it are. */
async function pathsIn(root: string, folder: string): Promise<readonly string[]> {
  const entries = await ifExists(readdir(join(root, folder), { withFileTypes: true }));
  return (entries ?? []).flatMap((entry) => pathOf(folder, entry) ?? []).sort(byBytes);
}

function pathOf(folder: string, entry: Dirent): string | undefined {
  if (!isKeySegment(entry.name)) return undefined;
  if (entry.isDirectory()) return `${folder}${entry.name}/`;
  return entry.isFile() ? `${folder}${entry.name}` : undefined;
}

function byBytes(one: string, other: string): number {
  return one < other ? -1 : 1;
}
