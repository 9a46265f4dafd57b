import { join } from 'node:path';
import type { GitRepositoryId } from '../git-repository.ts';

/** What a repository's folder is called. Names that people choose never become paths. */
export function repositoryFolderName(id: GitRepositoryId): string {
  return `${id}.git`;
}

/** Where a repository lies below the host's folder. */
export function repositoryFolder(hostFolder: string, id: GitRepositoryId): string {
  return join(hostFolder, repositoryFolderName(id));
}
