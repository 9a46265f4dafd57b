import { namespaceOf, type Role } from '#kernel';
import { type Decision, loginNeeded } from './decision.ts';
import type { AttemptPrincipal, OrganizationToken, Person, Principal } from './principal.ts';
import { greaterRole, includesRole } from './role.ts';
import { mostByScope, type Rule, unreachableNamespace } from './rules.ts';
import { includesScope } from './token-scope.ts';

/** Where something is done: a repository, a namespace or a source. */
export interface Place {
  readonly name: string;
  /** Present for a repository that is there. */
  readonly repositoryId?: number;
  /** Present for a source that something may be built from. */
  readonly sourceId?: number | undefined;
  readonly isPrivate: boolean;
  /** The most that grants give the principal here; `undefined`: none reaches it. */
  readonly granted: Role | undefined;
}

interface Verdict {
  readonly isAllowed: boolean;
  readonly because: string;
}

/** Applies a rule to a place. `seeing` is the rule of who may know that the place is there: else all. */
export function decideIn(
  principal: Principal,
  { rule, seeing }: { readonly rule: Rule; readonly seeing?: Rule },
  place: Place,
): Decision {
  const { isAllowed, because } = judge(principal, rule, place);
  if (isAllowed) return { isAllowed, because };
  const isVisible = seeing === undefined || judge(principal, seeing, place).isAllowed;
  const code = principal.kind === 'nobody' ? 'UNAUTHENTICATED' : 'ACCESS_DENIED';
  return { isAllowed, because, isVisible, code };
}

function judge(principal: Principal, rule: Rule, place: Place): Verdict {
  if (isUnreachable(place)) return refused(`${place.name} belongs to the server alone`);
  switch (principal.kind) {
    case 'nobody':
      return judgeNobody(rule, place);
    case 'person':
      return judgePerson(principal, rule, place);
    case 'organization-token':
      return judgeOrganizationToken(principal, rule, place);
    case 'attempt':
      return judgeAttempt(principal, rule, place);
  }
}

function judgeNobody(rule: Rule, place: Place): Verdict {
  if (isOpenTo(rule, place) && rule.role === 'read') return allowed(`${place.name} is public`);
  return refused(loginNeeded);
}

function judgePerson(person: Person, rule: Rule, place: Place): Verdict {
  const { role: needed } = rule;
  const held = roleOfPerson(person, rule, place);
  const need = `you need ${needed} access to ${place.name} to ${rule.phrase}`;
  if (!includesRole(held, needed)) return refused(need);
  const limit = limitOf(person, isOpenTo(rule, place));
  if (!includesRole(limit.most, needed)) return refused(`${need}, and ${limit.because}`);
  return allowed(`you have ${held} access to ${place.name}`);
}

function roleOfPerson(person: Person, rule: Rule, place: Place): Role | undefined {
  if (person.isAdministrator) return 'owner';
  return greaterRole(place.granted, isOpenTo(rule, place) ? 'read' : undefined);
}

/** What the credential leaves at most of the role that its owner has. */
function limitOf(
  { credential }: Person,
  isOpen: boolean,
): { readonly most: Role | undefined; readonly because: string } {
  if (credential.kind === 'password') return { most: 'owner', because: '' };
  const { scope } = credential;
  if (!isOpen && !includesScope(scope, 'repo:read')) {
    return { most: undefined, because: `the token's scope ${scope} is for what is public` };
  }
  const most = mostByScope[scope];
  return { most, because: `the token's scope ${scope} gives ${most} access at most` };
}

function judgeOrganizationToken(token: OrganizationToken, rule: Rule, place: Place): Verdict {
  if (rule.organizationToken !== true) {
    return refused(`a token of an organization may not ${rule.phrase}`);
  }
  const { role: needed } = rule;
  const byBeingPublic = isOpenTo(rule, place) && token.readsPublic ? 'read' : undefined;
  const held = greaterRole(place.granted, byBeingPublic);
  if (includesRole(held, needed)) return allowed(`the token has ${held} access to ${place.name}`);
  return refused(`the token needs ${needed} access to ${place.name} to ${rule.phrase}`);
}

function judgeAttempt(attempt: AttemptPrincipal, rule: Rule, place: Place): Verdict {
  if (rule.attempt === undefined) {
    return refused(`a build may pull and push, not ${rule.phrase}`);
  }
  const { includes, words } = attemptReaches[rule.attempt];
  const because = `a build of ${attempt.repositoryName} ${words}`;
  return includes(attempt, place) ? allowed(because) : refused(`${because}, not ${place.name}`);
}

interface AttemptReach {
  readonly includes: (attempt: AttemptPrincipal, place: Place) => boolean;
  readonly words: string;
}

const attemptReaches: Readonly<Record<NonNullable<Rule['attempt']>, AttemptReach>> = {
  own: {
    includes: ({ repositoryId }, place) => place.repositoryId === repositoryId,
    words: 'may push to that repository only',
  },
  readable: {
    includes: (_attempt, { isPrivate, granted }) => !isPrivate || granted !== undefined,
    words: 'reads what is in its namespace, and what is public',
  },
  source: {
    includes: ({ sourceId, repositoryName }, place) =>
      place.sourceId === sourceId || isWithin(namespaceOf(repositoryName), place),
    words: 'reads what it is built from, and other sources of its namespace',
  },
};

function isWithin(namespace: string, { name }: Place): boolean {
  return name.startsWith(`${namespace}/`);
}

/** Whether being there for everybody lets everybody read what the rule is about. */
function isOpenTo({ byGrantOnly }: Rule, { isPrivate }: Place): boolean {
  return !isPrivate && byGrantOnly !== true;
}

function isUnreachable({ name }: Place): boolean {
  return name === unreachableNamespace || name.startsWith(`${unreachableNamespace}/`);
}

function allowed(because: string): Verdict {
  return { isAllowed: true, because };
}

function refused(because: string): Verdict {
  return { isAllowed: false, because };
}
