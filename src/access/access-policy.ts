import { type Access, accessLevels, type TokenScope } from '#kernel';
import type { Principal } from './principal.ts';
import { includesScope } from './token-scope.ts';

/** All that access to a repository depends on. */
export interface AccessFacts {
  readonly namespaceId: number;
  readonly namespaceName: string;
  readonly isPrivate: boolean;
}

export type NamespaceFacts = Pick<AccessFacts, 'namespaceId' | 'namespaceName'>;

/** Build caches belong to the server: no user's credential reads or writes them. */
const unreachableNamespace = 'slipway-cache';

const mostByScope: Readonly<Record<TokenScope, Access>> = {
  'repo:public_read': 'read',
  'repo:read': 'read',
  'repo:write': 'write',
  'repo:admin': 'owner',
};

export function includesAccess(held: Access, needed: Access): boolean {
  return accessLevels.indexOf(held) >= accessLevels.indexOf(needed);
}

/** What the principal may do with the repository: its role, limited by what it logged in with. */
export function repositoryAccess(principal: Principal, facts: AccessFacts): Access {
  const access = roleIn(principal, facts);
  if (principal.kind === 'anonymous' || principal.credential.kind !== 'pat') return access;
  const { scope } = principal.credential;
  if (facts.isPrivate && !includesScope(scope, 'repo:read')) return 'none';
  return lesserOf(access, mostByScope[scope]);
}

/**
 * What the principal may do in a namespace with what is not there yet: a push needs `write` to make
 * a repository, making one by hand `admin`.
 */
export function namespaceAccess(principal: Principal, namespace: NamespaceFacts): Access {
  return repositoryAccess(principal, { ...namespace, isPrivate: true });
}

function roleIn(principal: Principal, facts: AccessFacts): Access {
  if (facts.namespaceName === unreachableNamespace) return 'none';
  if (principal.kind === 'user') {
    if (principal.namespaceId === facts.namespaceId || principal.isAdministrator) return 'owner';
  }
  return facts.isPrivate ? 'none' : 'read';
}

function lesserOf(one: Access, other: Access): Access {
  return includesAccess(one, other) ? other : one;
}

/** The identity that a build pulls with: that of the repository it builds. */
export interface BuildIdentity {
  readonly namespaceName: string;
}

/** What a build may do with other repositories: read public ones and those of its own namespace. */
export function buildAccess(build: BuildIdentity, facts: AccessFacts): 'none' | 'read' {
  if (facts.namespaceName === unreachableNamespace) return 'none';
  return !facts.isPrivate || facts.namespaceName === build.namespaceName ? 'read' : 'none';
}

/** Which repositories `repositoryAccess` lets the principal read, as a filter. */
export interface VisibleRepositories {
  /** Whose private repositories; public ones are seen by all. */
  readonly privateOf: 'nobody' | 'everybody' | readonly number[];
  /** Nobody sees what this namespace holds. */
  readonly hiddenNamespaceName: string;
}

export function visibleRepositories(principal: Principal): VisibleRepositories {
  return { privateOf: seesPrivateOf(principal), hiddenNamespaceName: unreachableNamespace };
}

function seesPrivateOf(principal: Principal): VisibleRepositories['privateOf'] {
  if (principal.kind === 'anonymous') return 'nobody';
  const { credential } = principal;
  if (credential.kind === 'pat' && !includesScope(credential.scope, 'repo:read')) return 'nobody';
  return principal.isAdministrator ? 'everybody' : [principal.namespaceId];
}
