import { access, constants, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type StartProblem, startStep } from './start-errors.ts';

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

/**
 * Makes the folder where it is missing; only its owner may look inside. Throws `DATA_FOLDER_UNUSABLE`
 * where it can't be made or written.
 */
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
  await startStep(
    () => makeFolders(folder),
    (code) => explain(code, root),
  );
  return folder;
}

async function makeFolders({ root, blobs, git }: DataFolder): Promise<void> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  await access(root, constants.R_OK | constants.W_OK | constants.X_OK);
  for (const path of [blobs, git]) await mkdir(path, { recursive: true });
}

function explain(code: string, root: string): StartProblem | undefined {
  const reason = reasons[code];
  if (reason === undefined) return undefined;
  return {
    code: 'DATA_FOLDER_UNUSABLE',
    message: `data: ${root} can't be used: ${reason}; choose another folder with --data DIR`,
  };
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'it is on a disk that can only be read',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'it is a file',
  ENOENT: 'nothing can be made there',
  ENOSPC: 'its disk is full',
};
