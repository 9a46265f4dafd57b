import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { githostErrors } from '../githost-errors.ts';
import { runGit } from './run-git.ts';

/**
 * Makes an empty bare repository where there is none: a server that died right after it recorded one
 * left no folder. May be called for one folder by several at once. Throws `GIT_FAILED`.
 */
export async function ensureFolder(folder: string): Promise<void> {
  if (await isWhole(folder)) return;
  // Git makes it bit by bit, and where another one does so too, both fail.
  const unfinished = await makeUnfinished(folder);
  try {
    await initialize(unfinished);
    await rename(unfinished, folder).catch(() => completeFolder(folder));
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** One that somebody else has made meanwhile, or that was left half-made. */
async function completeFolder(folder: string): Promise<void> {
  if (!(await isWhole(folder))) await initialize(folder);
}

async function initialize(folder: string): Promise<void> {
  const run = ['init', '--quiet', '--bare', '--template=', '--initial-branch=main', folder];
  await runGit({ arguments: run });
}

function isWhole(folder: string): Promise<boolean> {
  return isThere(join(folder, 'HEAD'));
}

/** Throws `GIT_FAILED` where the folder is gone of a repository that has something in it. */
export async function assertFolder(folder: string): Promise<void> {
  if (await isWhole(folder)) return;
  const message = `the folder ${folder} is missing on this server, and the repository had branches or tags: restore it, or let all servers share the folder of git repositories`;
  throw githostErrors.fail('GIT_FAILED', message);
}

/** An empty folder beside it, to become it. */
async function makeUnfinished(folder: string): Promise<string> {
  try {
    await mkdir(dirname(folder), { recursive: true });
    return await mkdtemp(`${folder}.`);
  } catch (cause) {
    const message = `the folder of git repositories can't be made: ${String(cause)}`;
    throw githostErrors.fail('GIT_FAILED', message, { cause });
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
