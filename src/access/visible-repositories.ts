import { isPerson, isServerAdministrator, type Principal } from './principal.ts';
import { unreachableNamespace } from './rules.ts';
import { includesScope } from './token-scope.ts';

/** Which repositories `viewRepository` is allowed in, as a filter. */
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
  if (!isPerson(principal)) return 'nobody';
  const { credential } = principal;
  if (credential.kind === 'pat' && !includesScope(credential.scope, 'repo:read')) return 'nobody';
  return isServerAdministrator(principal) ? 'everybody' : [principal.namespaceId];
}
