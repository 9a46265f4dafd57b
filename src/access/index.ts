/**
 * access: who asks, and what they may do. The principal that every use case takes, and pure decisions
 * over facts that are handed in; no tables, no requests.
 */

export { type AccessErrorCode, accessErrors } from './access-errors.ts';
export {
  type AccessFacts,
  type BuildIdentity,
  buildAccess,
  includesAccess,
  type NamespaceFacts,
  namespaceAccess,
  repositoryAccess,
  type VisibleRepositories,
  visibleRepositories,
} from './access-policy.ts';
export { assertMayAdminister, assertMayManageAccount } from './account-policy.ts';
export { type BuildAction, buildPermissions, mayBuild } from './build-permissions.ts';
export {
  anonymous,
  type Credential,
  type Nobody,
  type Person,
  type Principal,
} from './principal.ts';
export { registryActionsOf } from './registry-actions-policy.ts';
export { includesScope, isTokenScope, widestScope } from './token-scope.ts';
