import {
  type BuildAction,
  buildPermissions,
  includesAccess,
  mayBuild,
  type Principal,
} from '#access';
import type { Build, Builds } from '#builds';
import type { Repositories, VisibleRepository } from '#repositories';
import { apiErrors } from '../api-errors.ts';
import { type Access, refusal } from './access.ts';

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
  action: BuildAction | 'viewLog',
): Access<BuildFindings, BuildParams> {
  return {
    isOpen: action === 'viewBuilds',
    statement: statementOf(action),
    check: async ({ principal, params }) => {
      const { build, seen } = await findBuild(rooms, principal, params.buildId);
      const may = action === 'viewLog' ? mayViewLog(seen) : mayBuild(seen.access, action);
      if (may) return { build };
      throw refusal(principal, `you may not ${words[action]} of ${build.repositoryName}`);
    },
  };
}

function statementOf(action: BuildAction | 'viewLog'): string {
  return action === 'viewLog'
    ? "those with read access to the build's repository if it is private, write access if it is public"
    : `those with ${buildPermissions[action]} access to the build's repository`;
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

/** That a public repository's images are everybody's says nothing about how they were made. */
function mayViewLog({ repository, access }: VisibleRepository): boolean {
  return repository.isPrivate || includesAccess(access, 'write');
}

const words: Readonly<Record<BuildAction | 'viewLog', string>> = {
  viewBuilds: 'view builds',
  viewLog: 'read build logs',
  startBuild: 'start builds',
  cancelBuild: 'cancel builds',
  retryBuild: 'retry builds',
  editBuildSettings: 'edit build settings',
  viewBuildVariables: 'see build variables',
  setUpBuilds: 'set up builds',
  deleteBuildSettings: 'delete build settings',
};
