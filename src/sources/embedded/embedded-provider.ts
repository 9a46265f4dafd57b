import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Provider, RefSnapshot } from '../provider.ts';
import { sourcesErrors } from '../sources-errors.ts';
import { chooseDefaultBranch } from './default-branch-policy.ts';
import { readFolderRefs } from './read-refs.ts';
import { repositoryFolderName } from './repository-folder.ts';
import { runGit } from './run-git.ts';

export interface EmbeddedProviderOptions {
  /** One bare repository a source lies below it. */
  readonly folder: string;
}

/** The embedded git host: bare repositories in a folder of the server. */
export function createEmbeddedProvider({ folder }: EmbeddedProviderOptions): Provider {
  const folderOf = (sourceId: number) => join(folder, repositoryFolderName(sourceId));
  return {
    kind: 'embedded',
    link: (source) => ensureRepository(folder, folderOf(source.id)),
    readRefs: async (source) => {
      try {
        await ensureRepository(folder, folderOf(source.id));
        return await readSnapshot(folderOf(source.id));
      } catch (cause) {
        const message = `the refs of the git repository ${source.name} can't be read: ${String(cause)}`;
        throw sourcesErrors.fail('SOURCE_UNREADABLE', message, { cause });
      }
    },
  };
}

/** A server that died right after it recorded a source left no folder, or half of one. */
async function ensureRepository(parent: string, folder: string): Promise<void> {
  if (await isThere(join(folder, 'HEAD'))) return;
  await mkdir(parent, { recursive: true });
  const run = ['init', '--quiet', '--bare', '--template=', '--initial-branch=main', folder];
  await runGit({ arguments: run });
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function readSnapshot(folder: string): Promise<RefSnapshot> {
  const found = await readFolderRefs(folder);
  const defaultBranch = chooseDefaultBranch(found);
  if (defaultBranch !== undefined && defaultBranch !== found.headBranch) {
    const run = ['symbolic-ref', 'HEAD', `refs/heads/${defaultBranch}`];
    await runGit({ folder, arguments: run });
  }
  return { refs: found.refs, defaultBranch };
}
