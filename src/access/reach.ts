import type { Principal } from './principal.ts';
import { unreachableNamespace } from './rules.ts';
import { includesScope } from './token-scope.ts';

/** By which rows a principal comes to roles; null where there are none. */
export interface Reach {
  /** Grants to this grantee, and to what it is a member of. */
  readonly granteeId: number | null;
  /** The repository that it builds, which lets it read what is in the same namespace. */
  readonly builtRepositoryId: number | null;
}

export function reachOf(principal: Principal): Reach {
  switch (principal.kind) {
    case 'nobody':
      return nothing;
    case 'person':
    case 'organization-token':
      return { granteeId: principal.granteeId, builtRepositoryId: null };
    case 'attempt':
      return { granteeId: null, builtRepositoryId: principal.repositoryId };
  }
}

const nothing: Reach = { granteeId: null, builtRepositoryId: null };

/** Where `viewRepository` is allowed, as a condition for lists: all, or what is public or within reach. */
export type Sight =
  | { readonly seesAll: true }
  | { readonly seesAll: false; readonly seesPublic: boolean; readonly reach: Reach };

export function sightOf(principal: Principal): Sight {
  if (principal.kind === 'organization-token') {
    return { seesAll: false, seesPublic: principal.readsPublic, reach: reachOf(principal) };
  }
  if (principal.kind !== 'person') {
    return { seesAll: false, seesPublic: true, reach: reachOf(principal) };
  }
  const { credential, isAdministrator } = principal;
  const seesPrivate =
    credential.kind === 'password' || includesScope(credential.scope, 'repo:read');
  if (!seesPrivate) return { seesAll: false, seesPublic: true, reach: nothing };
  if (isAdministrator) return { seesAll: true };
  return { seesAll: false, seesPublic: true, reach: reachOf(principal) };
}

/** Whatever somebody sees, nothing of this namespace is among it. */
export const hiddenNamespace = unreachableNamespace;
