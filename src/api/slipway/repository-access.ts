import type { Principal } from '#access';
import {
  parseRepositoryName,
  type Access as RepositoryAccessLevel,
  type RepositoryName,
} from '#kernel';
import { type Repositories, type Repository, repositoriesErrors } from '#repositories';
import { type Access, refusal } from './access.ts';

export interface RepositoryParams {
  readonly namespace: string;
  readonly name: string;
}

/** Routes of one repository: for those who have at least this access to it. */
export function repositoryAccess(
  repositories: Repositories,
  needed: Exclude<RepositoryAccessLevel, 'none'>,
): Access<{ readonly repository: Repository }, RepositoryParams> {
  return {
    statement: `those with ${needed} access to the repository`,
    isOpen: needed === 'read',
    check: async ({ principal, params }) => {
      const required = repositories.require(principal, nameOf(params), needed);
      return { repository: await required.catch((error) => explain(error, principal)) };
    },
  };
}

function nameOf({ namespace, name }: RepositoryParams): RepositoryName {
  return parseRepositoryName(`${namespace}/${name}`);
}

/** Who is not logged in is told to, where a log-in may help. */
function explain(error: unknown, principal: Principal): never {
  const isDenied = repositoriesErrors.is(error) && error.code === 'ACCESS_DENIED';
  throw isDenied && principal.kind === 'anonymous' ? refusal(principal, error.message) : error;
}
