import {
  type Action,
  type NamespaceAction,
  namespaceActions,
  type RepositoryAction,
  repositoryActions,
  type SourceAction,
  sourceActions,
} from '#kernel';
import { namespaceRules, type Rule, repositoryRules, sourceRules } from './rules.ts';

/** Who may do something, as documents say it: "those with write access to the repository". */
export function describeAction(action: Action): string {
  if (isOneOf(repositoryActions, action))
    return describeRule(repositoryRules[action], 'repository');
  if (isOneOf(namespaceActions, action)) return describeRule(namespaceRules[action], 'namespace');
  if (isOneOf(sourceActions, action)) return describeRule(sourceRules[action], 'namespace');
  return describedForPeople[action];
}

/** Whether nobody in particular may do it, where the thing is public. */
export function isOpen(action: Action): boolean {
  if (!isOneOf(repositoryActions, action)) return false;
  const { role, byGrantOnly } = repositoryRules[action];
  return role === 'read' && byGrantOnly !== true;
}

type ForPeople = Exclude<Action, RepositoryAction | NamespaceAction | SourceAction>;

const describedForPeople: Readonly<Record<ForPeople, string>> = {
  manageAccounts: 'administrators',
  viewOwnAccount: 'anybody who is logged in',
  viewOwnCredentials: 'anybody who is logged in',
  manageOwnCredentials: 'anybody who is logged in with the password',
};

function describeRule({ role, byGrantOnly }: Rule, place: string): string {
  if (byGrantOnly !== true) return `those with ${role} access to the ${place}`;
  return `those who were given ${role} access to the ${place}, be it public or not`;
}

function isOneOf<Words extends readonly string[]>(
  words: Words,
  action: string,
): action is Words[number] {
  return words.includes(action);
}
