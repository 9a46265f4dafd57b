import type { SourceId } from '../ref-changes.ts';

/**
 * What a repository's folder is called below the embedded host's folder. Names that people choose
 * never become paths.
 */
export function repositoryFolderName(sourceId: SourceId): string {
  return `${sourceId}.git`;
}
