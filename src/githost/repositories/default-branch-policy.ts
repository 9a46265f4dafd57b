import type { FolderRefs } from './read-refs.ts';

/**
 * A repository's default branch: the one that HEAD names, once it exists; before that `main`, else
 * `master`, else the first one there is.
 */
export function chooseDefaultBranch({ refs, headBranch }: FolderRefs): string | undefined {
  if (headBranch !== undefined) return headBranch;
  const names = refs.filter((ref) => ref.type === 'branch').map((ref) => ref.name);
  return ['main', 'master'].find((name) => names.includes(name)) ?? names[0];
}
