import { accessErrors } from './access-errors.ts';
import type { Person, Principal } from './principal.ts';

/**
 * Accounts and tokens are managed after a log-in with the password only, or a token with few rights
 * could give itself more. Throws `PASSWORD_SESSION_NEEDED`.
 */
export function assertMayManageAccount(principal: Person): void {
  if (principal.credential.kind === 'password') return;
  throw accessErrors.fail(
    'PASSWORD_SESSION_NEEDED',
    'an access token may not manage accounts or tokens; log in with the password',
  );
}

/** Throws `ADMINISTRATOR_NEEDED` or `PASSWORD_SESSION_NEEDED`. */
export function assertMayAdminister(principal: Principal): void {
  if (principal.kind !== 'user' || !principal.isAdministrator) {
    throw accessErrors.fail(
      'ADMINISTRATOR_NEEDED',
      'only an administrator of this server may do that',
    );
  }
  assertMayManageAccount(principal);
}
