import type { Hub, Repository, Access as RepositoryAccessLevel } from '#hub';
import { parseRepositoryName, type RepositoryName } from '#kernel';
import type { Access } from './access.ts';

export interface RepositoryParams {
  readonly namespace: string;
  readonly name: string;
}

/** Routes of one repository: for those who have at least this access to it. */
export function repositoryAccess(
  hub: Hub,
  needed: Exclude<RepositoryAccessLevel, 'none'>,
): Access<{ readonly repository: Repository }, RepositoryParams> {
  return {
    statement: `those with ${needed} access to the repository`,
    isOpen: needed === 'read',
    check: async ({ principal, params }) => ({
      repository: await hub.repositories.require(principal, nameOf(params), needed),
    }),
  };
}

function nameOf({ namespace, name }: RepositoryParams): RepositoryName {
  return parseRepositoryName(`${namespace}/${name}`);
}
