/**
 * access: who asks, and what they may do. The principal that every use case takes, and pure decisions
 * over facts that are handed in, each with its why; no tables, no requests.
 */

export { type AccessErrorCode, accessErrors } from './access-errors.ts';
export {
  decideInNamespace,
  decideInRepository,
  decideNowhere,
  decideOnSource,
  type NamespaceFacts,
  type RepositoryFacts,
  type SourceFacts,
} from './decide.ts';
export { decideOnAccount, decideOnServer, requirePerson } from './decide-for-people.ts';
export { type Allowed, assertAllowed, type Decision, type Refused, refusalOf } from './decision.ts';
export { describeAction, isOpen } from './describe-action.ts';
export {
  type AttemptPrincipal,
  attemptIdOf,
  attemptSubject,
  type Credential,
  isLoggedIn,
  isPerson,
  isServerAdministrator,
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
export { decideInRegistry, registryActionsIn } from './registry-actions.ts';
export { isGranted, type RegistryGrant } from './registry-grant.ts';
export { includesScope, isTokenScope, widestScope } from './token-scope.ts';
