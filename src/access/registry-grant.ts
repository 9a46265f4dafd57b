import type { RegistryAction } from '#kernel';

/** What a token lets its bearer do with one repository at most, named exactly. */
export interface RegistryGrant {
  readonly name: string;
  readonly actions: readonly RegistryAction[];
}

/** Whether one of the grants is for this: names are compared whole. */
export function isGranted(
  grants: readonly RegistryGrant[],
  name: string,
  action: RegistryAction,
): boolean {
  return grants.some((grant) => grant.name === name && grant.actions.includes(action));
}
