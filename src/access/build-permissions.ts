import type { Access } from '#kernel';
import { includesAccess } from './access-policy.ts';

/**
 * Who may do what with automated builds (Docker's "Autobuild for teams"): an administrator of the
 * repository edits its build settings, its owner sets them up and deletes them.
 */
export const buildPermissions = {
  viewBuilds: 'read',
  startBuild: 'write',
  cancelBuild: 'write',
  retryBuild: 'write',
  editBuildSettings: 'admin',
  viewBuildVariables: 'admin',
  setUpBuilds: 'owner',
  deleteBuildSettings: 'owner',
} as const satisfies Record<string, Access>;

export type BuildAction = keyof typeof buildPermissions;

export function mayBuild(access: Access, action: BuildAction): boolean {
  return includesAccess(access, buildPermissions[action]);
}
