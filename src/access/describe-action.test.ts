import { expect, test } from 'vitest';
import { repositoryActions } from '#kernel';
import { describeAction, isOpen } from './describe-action.ts';

test.for([
  ['push', 'those with write access to the repository'],
  ['viewBuildLogs', 'those who were given read access to the repository, be it public or not'],
  ['createRepository', 'those with admin access to the namespace'],
  ['writeSource', 'those with write access to the namespace'],
  ['manageAccounts', 'administrators'],
  ['manageOwnCredentials', 'anybody who is logged in with the password'],
] as const)('documents say of %s: %s', ([action, words]) => {
  expect(describeAction(action)).toBe(words);
});

test('what needs no role where a repository is public is open', () => {
  expect(repositoryActions.filter(isOpen)).toEqual(['viewRepository', 'pull']);
  expect(isOpen('viewOwnAccount')).toBe(false);
  expect(isOpen('createRepository')).toBe(false);
});
