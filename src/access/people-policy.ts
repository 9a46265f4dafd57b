import type { AccountAction, ServerAction } from '#kernel';
import { type Decision, loginNeeded, type Refused, refusalOf } from './decision.ts';
import { isPerson, isServerAdministrator, type Person, type Principal } from './principal.ts';

/*
 * What only people may do. Accounts and credentials are managed after a log-in with the password
 * only, or a token with few rights could give itself more.
 */

const accountRules: Readonly<Record<AccountAction, { readonly takesPassword: boolean }>> = {
  viewOwnAccount: { takesPassword: false },
  viewOwnCredentials: { takesPassword: false },
  manageOwnCredentials: { takesPassword: true },
};

/** With one's own account. */
export function decideOnAccount(principal: Principal, action: AccountAction): Decision {
  if (!isPerson(principal)) return refuseStranger(principal, 'only people have accounts');
  if (accountRules[action].takesPassword && !hasPassword(principal)) return passwordNeeded;
  return { isAllowed: true, because: 'the account is your own' };
}

/** With the server as a whole: its administrators only. */
export function decideOnServer(principal: Principal, _action: ServerAction): Decision {
  if (!isServerAdministrator(principal)) {
    return refuseStranger(principal, 'only an administrator of this server may do that');
  }
  if (!hasPassword(principal)) return passwordNeeded;
  return { isAllowed: true, because: 'you are an administrator of this server' };
}

/** The person whose own account it is. Throws as `assertAllowed` does. */
export function requirePerson(principal: Principal, action: AccountAction): Person {
  const decision = decideOnAccount(principal, action);
  if (!decision.isAllowed) throw refusalOf(decision);
  return principal as Person;
}

function hasPassword({ credential }: Person): boolean {
  return credential.kind === 'password';
}

const passwordNeeded: Refused = {
  isAllowed: false,
  because: 'an access token may not manage accounts or tokens; log in with the password',
  isVisible: true,
  code: 'PASSWORD_SESSION_NEEDED',
};

function refuseStranger(principal: Principal, because: string): Refused {
  if (principal.kind !== 'nobody') {
    return { isAllowed: false, because, isVisible: true, code: 'ACCESS_DENIED' };
  }
  return { isAllowed: false, because: loginNeeded, isVisible: true, code: 'UNAUTHENTICATED' };
}
