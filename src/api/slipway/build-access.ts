import { assertAllowed, describeAction, isOpen, type Principal } from '#access';
import type { Build, Builds } from '#builds';
import type { RepositoryAction } from '#kernel';
import type { Repositories, VisibleRepository } from '#repositories';
import { apiErrors } from '../api-errors.ts';
import type { Access } from './access.ts';

export interface BuildParams {
  readonly buildId: number;
}

export type BuildFindings = { readonly build: Build };

/**
 * Routes of one build: for those who may do this with builds of its repository. A build that the
 * caller may not see and one that does not exist give the same answer.
 */
export function buildAccess(
  rooms: { readonly repositories: Repositories; readonly builds: Builds },
  action: RepositoryAction,
): Access<BuildFindings, BuildParams> {
  return {
    isOpen: isOpen(action),
    statement: describeAction(action),
    check: async ({ principal, params }) => {
      const { build, seen } = await findBuild(rooms, principal, params.buildId);
      assertAllowed(seen.decide(action));
      return { build };
    },
  };
}

async function findBuild(
  { repositories, builds }: { readonly repositories: Repositories; readonly builds: Builds },
  principal: Principal,
  buildId: number,
): Promise<{ readonly build: Build; readonly seen: VisibleRepository }> {
  const build = await builds.history.find(buildId);
  const seen = build && (await repositories.findById(principal, build.repositoryId));
  if (build !== undefined && seen !== undefined) return { build, seen };
  throw apiErrors.fail('NOT_FOUND', `there is no build ${buildId}, or you may not see it`);
}
