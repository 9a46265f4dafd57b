import { expect, test } from 'vitest';
import { accountActions, type NamespaceName, serverActions } from '#kernel';
import { decideOnAccount, decideOnServer, requirePerson } from './people-policy.ts';
import { type AttemptPrincipal, nobody, type OrganizationToken, type Person } from './principal.ts';

const ada: Person = {
  kind: 'person',
  accountId: 7,
  granteeId: 7,
  name: 'ada' as NamespaceName,
  isAdministrator: false,
  credential: { kind: 'password', passwordChangedAt: 0 },
};
const withToken: Person = { ...ada, credential: { kind: 'pat', id: 'x', scope: 'repo:admin' } };
const strangers = [
  { kind: 'organization-token' } as OrganizationToken,
  { kind: 'attempt' } as AttemptPrincipal,
];

test.each(accountActions)('%s is for people, with their own account', (action) => {
  const isForTokens = action !== 'manageOwnCredentials';

  expect(decideOnAccount(ada, action).isAllowed).toBe(true);
  expect(decideOnAccount(withToken, action)).toMatchObject(
    isForTokens ? { isAllowed: true } : { code: 'PASSWORD_SESSION_NEEDED' },
  );
  expect(decideOnAccount(nobody, action)).toMatchObject({ code: 'UNAUTHENTICATED' });
  for (const stranger of strangers) {
    expect(decideOnAccount(stranger, action)).toMatchObject({ code: 'ACCESS_DENIED' });
  }
});

test.each(serverActions)('%s is for administrators, with their password', (action) => {
  expect(decideOnServer({ ...ada, isAdministrator: true }, action).isAllowed).toBe(true);
  expect(decideOnServer({ ...withToken, isAdministrator: true }, action)).toMatchObject({
    code: 'PASSWORD_SESSION_NEEDED',
  });
  expect(decideOnServer(nobody, action)).toMatchObject({ code: 'UNAUTHENTICATED' });
  for (const stranger of [ada, withToken, ...strangers]) {
    expect(decideOnServer(stranger, action)).toMatchObject({ code: 'ACCESS_DENIED' });
  }
});

test('who asks for their own account is that person', () => {
  expect(requirePerson(ada, 'viewOwnAccount')).toBe(ada);
  expect(() => requirePerson(nobody, 'viewOwnAccount')).toThrow('this needs a log-in');
});
