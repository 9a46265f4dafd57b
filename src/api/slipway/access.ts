import { accessErrors, isPerson, type Person, type Principal } from '#access';
import type { AppError } from '#kernel';

export interface Caller {
  readonly principal: Principal;
  readonly remoteAddress: string;
}

/**
 * Who may call a route. `check` throws unless the caller may, and gives what it found out on the
 * way. `statement` is what documents and the access matrix say.
 */
export interface Access<Findings, Params> {
  readonly statement: string;
  /** Whether some may call it without a log-in. */
  readonly isOpen?: boolean;
  check(call: Caller & { readonly params: Params }): Promise<Findings>;
}

export const anybody: Access<object, unknown> = {
  statement: 'anybody',
  isOpen: true,
  check: async () => ({}),
};

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
export function refusal(principal: Principal, why: string): AppError {
  return isPerson(principal)
    ? accessErrors.fail('ACCESS_DENIED', why)
    : accessErrors.fail('UNAUTHENTICATED', 'this needs a log-in, or a token');
}
