import { expect, test } from 'vitest';
import type { NamespaceName, RepositoryName } from '#kernel';
import {
  type AttemptPrincipal,
  attemptIdOf,
  isLoggedIn,
  isPerson,
  isServerAdministrator,
  nameOf,
  nobody,
  type OrganizationToken,
  type Person,
  stageOf,
  subjectOf,
} from './principal.ts';

const ada: Person = {
  kind: 'person',
  accountId: 7,
  granteeId: 9,
  name: 'ada' as NamespaceName,
  isAdministrator: true,
  credential: { kind: 'password', passwordChangedAt: 0 },
};
const token: OrganizationToken = {
  kind: 'organization-token',
  id: 'x',
  granteeId: 10,
  organization: 'acme' as NamespaceName,
  readsPublic: true,
};
const attempt: AttemptPrincipal = {
  kind: 'attempt',
  attemptId: '41-2',
  buildId: 41,
  repositoryId: 1,
  repositoryName: 'ada/app' as RepositoryName,
  sourceId: 3,
};

test.for([
  [nobody, 'anonymous', 'nobody', undefined],
  [ada, 'user-7', 'ada', undefined],
  [token, 'organization-token-x', 'a token of acme', undefined],
  [attempt, 'attempt-41-2', 'build 41', 'attempt-41-2'],
] as const)('%j is %s to rows, %s to people, with the stage %s', ([principal, ...expected]) => {
  expect([subjectOf(principal), nameOf(principal), stageOf(principal)]).toEqual(expected);
});

test('of all subjects only an attempt’s says which attempt it is', () => {
  const found = [nobody, ada, token, attempt].map((one) => attemptIdOf(subjectOf(one)));

  expect(found).toEqual([undefined, undefined, undefined, '41-2']);
});

test('all but nobody are logged in, and people alone are people', () => {
  const everybody = [nobody, ada, token, attempt];

  expect(everybody.filter(isLoggedIn)).toEqual([ada, token, attempt]);
  expect(everybody.filter(isPerson)).toEqual([ada]);
  expect(everybody.filter(isServerAdministrator)).toEqual([ada]);
});
