import { accessErrors, isPerson, type Person, type Principal } from '#access';
import type { AppError } from '#kernel';
import type { Access as KitAccess } from '../kit/route.ts';
import type { SlipwayCaller } from './route.ts';

/** Who may call a route of Slipway's API. */
export type Access<Findings, Params> = KitAccess<SlipwayCaller, Params, Findings>;

export const anybody: Access<object, unknown> = { statement: 'anybody', isOpen: true };

/** Logging in replaces a credential, so one that has ended must not stand in its way. */
export const newcomers: Access<object, unknown> = { ...anybody, ignoresCredential: true };

export const signedIn: Access<{ readonly user: Person }, unknown> = {
  statement: 'anybody who is logged in',
  check: async ({ principal }) => ({ user: requireUser(principal) }),
};

export const administrator: Access<{ readonly user: Person }, unknown> = {
  statement: 'administrators',
  check: async ({ principal }) => {
    const user = requireUser(principal);
    if (!user.isAdministrator) throw refusal(user, 'only an administrator may do this');
    return { user };
  },
};

function requireUser(principal: Principal): Person {
  if (isPerson(principal)) return principal;
  throw refusal(principal, '');
}

/** What a caller is told that may see something and not do this with it: log in, or why not. */
function refusal(principal: Principal, why: string): AppError {
  return isPerson(principal)
    ? accessErrors.fail('ACCESS_DENIED', why)
    : accessErrors.fail('UNAUTHENTICATED', 'this needs a log-in, or a token');
}
