import { describeAction, isOpen } from '#access';
import { parseRepositoryName, type RepositoryAction, type RepositoryName } from '#kernel';
import type { Repositories, Repository } from '#repositories';
import type { Access } from './access.ts';

export interface RepositoryParams {
  readonly namespace: string;
  readonly name: string;
}

/** Routes of one repository: for those who may do this with it. */
export function repositoryAccess(
  repositories: Repositories,
  action: RepositoryAction,
): Access<{ readonly repository: Repository }, RepositoryParams> {
  return {
    statement: describeAction(action),
    isOpen: isOpen(action),
    check: async ({ principal, params }) => ({
      repository: await repositories.require(principal, nameOf(params), action),
    }),
  };
}

function nameOf({ namespace, name }: RepositoryParams): RepositoryName {
  return parseRepositoryName(`${namespace}/${name}`);
}
