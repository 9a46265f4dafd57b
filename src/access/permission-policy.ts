import type {
  NamespaceAction,
  RepositoryAction,
  RepositoryName,
  Role,
  SourceAction,
} from '#kernel';
import type { Decision, Refused } from './decision.ts';
import { decideIn } from './place-policy.ts';
import { isLoggedIn, type Principal } from './principal.ts';
import { namespaceRules, repositoryRules, sourceRules } from './rules.ts';

/** All that a decision about a repository depends on. */
export interface RepositoryFacts {
  readonly name: RepositoryName;
  /** Absent for a name that no repository has: a private one that is not there yet. */
  readonly repositoryId?: number;
  readonly isPrivate: boolean;
  /** The most that grants give the principal here; `undefined`: none reaches it. */
  readonly granted: Role | undefined;
}

export interface NamespaceFacts {
  readonly name: string;
  readonly granted: Role | undefined;
}

/** Of a repository of the embedded git host; grants are those of its namespace. */
export interface SourceFacts {
  readonly name: RepositoryName;
  /** As what it is linked, if it is. */
  readonly sourceId?: number | undefined;
  readonly granted: Role | undefined;
}

/** Of a place that is not there. */
export function decideNowhere(principal: Principal): Refused {
  return {
    isAllowed: false,
    because: 'there is nothing of that name that you may see',
    isVisible: false,
    code: isLoggedIn(principal) ? 'ACCESS_DENIED' : 'UNAUTHENTICATED',
  };
}

export function decideInRepository(
  principal: Principal,
  action: RepositoryAction,
  facts: RepositoryFacts,
): Decision {
  const rules = { rule: repositoryRules[action], seeing: repositoryRules.viewRepository };
  return decideIn(principal, rules, facts);
}

/** That a namespace is there is no secret: who is refused is told so, be it there or not. */
export function decideInNamespace(
  principal: Principal,
  action: NamespaceAction,
  facts: NamespaceFacts,
): Decision {
  return decideIn(principal, { rule: namespaceRules[action] }, { ...facts, isPrivate: true });
}

export function decideOnSource(
  principal: Principal,
  action: SourceAction,
  facts: SourceFacts,
): Decision {
  const rules = { rule: sourceRules[action], seeing: sourceRules.readSource };
  return decideIn(principal, rules, { ...facts, isPrivate: true });
}
