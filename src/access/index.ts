/**
 * access: who asks, and what they may do. The principal that every use case takes, and pure decisions
 * over facts that are handed in, each with its why; no tables, no requests.
 */

export { type AccessErrorCode, accessErrors } from './access-errors.ts';
export {
  type Allowed,
  assertAllowed,
  type Decision,
  loginNeeded,
  type Refused,
  refusalOf,
} from './decision.ts';
export { describeAction, isOpen } from './describe-action.ts';
export { decideOnAccount, decideOnServer, requirePerson } from './people-policy.ts';
export {
  decideInNamespace,
  decideInRepository,
  decideNowhere,
  decideOnSource,
  type NamespaceFacts,
  type RepositoryFacts,
  type SourceFacts,
} from './permission-policy.ts';
export {
  type AttemptPrincipal,
  accountIdOf,
  attemptIdOf,
  attemptSubject,
  type Credential,
  isLoggedIn,
  isPerson,
  type Nobody,
  nameOf,
  nobody,
  type OrganizationToken,
  type Person,
  type Principal,
  stageOf,
  subjectOf,
} from './principal.ts';
export { hiddenNamespace, type Reach, reachOf, type Sight, sightOf } from './reach.ts';
export { isGranted, type RegistryGrant } from './registry-grant.ts';
export { decideInRegistry, registryActionsIn } from './registry-policy.ts';
export { includesScope, isTokenScope, widestScope } from './token-scope.ts';
