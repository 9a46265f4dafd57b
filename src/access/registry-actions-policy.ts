import type { Access, RegistryAction } from '#kernel';
import { includesAccess } from './access-policy.ts';

/** What each action of the registry takes: who pushes may not thereby delete, as on Docker Hub. */
const needed: Readonly<Record<RegistryAction, Access>> = {
  pull: 'read',
  push: 'write',
  delete: 'admin',
};

export function registryActionsOf(access: Access): readonly RegistryAction[] {
  return (Object.keys(needed) as RegistryAction[]).filter((action) =>
    includesAccess(access, needed[action]),
  );
}
