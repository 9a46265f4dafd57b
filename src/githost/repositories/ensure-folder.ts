import { access, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { githostErrors } from '../githost-errors.ts';
import { runGit } from './run-git.ts';

/**
 * Makes an empty bare repository where there is none: a server that died right after it recorded one
 * left no folder, or half of one. Throws `GIT_FAILED`.
 */
export async function ensureFolder(folder: string): Promise<void> {
  if (await isThere(join(folder, 'HEAD'))) return;
  await makeFolder(dirname(folder));
  const run = ['init', '--quiet', '--bare', '--template=', '--initial-branch=main', folder];
  await runGit({ arguments: run });
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
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
