import { type Hub, hubErrors, type Repository, type Access as RepositoryAccessLevel } from '#hub';
import type { Principal } from '#identity';
import { parseRepositoryName, type RepositoryName } from '#kernel';
import { type Access, refusal } from './access.ts';

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
    check: async ({ principal, params }) => {
      const required = hub.repositories.require(principal, nameOf(params), needed);
      return { repository: await required.catch((error) => explain(error, principal)) };
    },
  };
}

function nameOf({ namespace, name }: RepositoryParams): RepositoryName {
  return parseRepositoryName(`${namespace}/${name}`);
}

/** Who is not logged in is told to, where a log-in may help. */
function explain(error: unknown, principal: Principal): never {
  const isDenied = hubErrors.is(error) && error.code === 'ACCESS_DENIED';
  throw isDenied && principal.kind === 'anonymous' ? refusal(principal, error.message) : error;
}
