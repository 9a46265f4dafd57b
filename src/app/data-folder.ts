import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/**
 * What lies where in the data folder, all of an embedded installation:
 *
 *   slipway.sqlite   the database (with `-wal` and `-shm` beside it)
 *   blobs/           layers, and build logs under blobs/logs
 *   git/             the embedded git host's repositories, by number
 *   secrets.json     what nobody may read: keys made at the first start
 *   builder/         sockets of attempts that run, safe to lose
 */
export interface DataFolder {
  readonly root: string;
  readonly database: string;
  readonly blobs: string;
  readonly git: string;
  readonly secrets: string;
  readonly builder: string;
}

/** Makes the folder where it is missing; only its owner may look inside. */
export async function openDataFolder(path: string): Promise<DataFolder> {
  const root = resolve(path);
  const folder = {
    root,
    database: join(root, 'slipway.sqlite'),
    blobs: join(root, 'blobs'),
    git: join(root, 'git'),
    secrets: join(root, 'secrets.json'),
    builder: join(root, 'builder'),
  };
  await mkdir(root, { recursive: true, mode: 0o700 });
  for (const path of [folder.blobs, folder.git]) await mkdir(path, { recursive: true });
  return folder;
}
