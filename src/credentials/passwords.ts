import { type Person, type Principal, requirePerson } from '#access';
import type { Clock, Instant } from '#kernel';
import type { Database, WriteTransaction } from '#platform/db';
import { credentialsErrors } from './credentials-errors.ts';
import type { PasswordHasher } from './password-hasher.ts';
import type { PasswordLogin } from './password-login.ts';
import { assertAcceptablePassword } from './password-policy.ts';
import { lockPassword, updatePassword } from './password-store.ts';
import { deleteOtherSessions } from './session-store.ts';
import { sessionOf } from './sessions.ts';

export interface PasswordChange {
  readonly current: string;
  readonly next: string;
  readonly remoteAddress: string;
}

/** Passwords of people who are there already. */
export interface Passwords {
  /**
   * Sets the principal's own password. Every other log-in loses its power within 5 seconds; the
   * session that asks goes on, and access tokens stay. Throws `PASSWORD_SESSION_NEEDED`,
   * `PASSWORD_WRONG`, `PASSWORD_UNACCEPTABLE`, `TOO_MANY_TRIES`, `LOGIN_BUSY`.
   */
  change(principal: Principal, change: PasswordChange): Promise<void>;
}

export interface PasswordsOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly hasher: PasswordHasher;
  readonly passwordLogin: PasswordLogin;
}

export function createPasswords(options: PasswordsOptions): Passwords {
  const { database, clock, hasher } = options;
  return {
    async change(principal, { current, next, remoteAddress }) {
      const person = requirePerson(principal, 'manageOwnCredentials');
      await confirmPassword(options, person, { password: current, remoteAddress });
      assertAcceptablePassword(next, person.name);
      const hash = await hasher.hash(next);
      const { accountId } = person;
      await database.transact(async (tx) => {
        await setPassword(tx, { accountId, hash, now: clock.now() });
        await deleteOtherSessions(tx, { accountId, kept: sessionOf(person) });
      });
    },
  };
}

/** Throws unless the person knows the password: who found a session open doesn't. */
async function confirmPassword(
  { passwordLogin }: Pick<PasswordsOptions, 'passwordLogin'>,
  { accountId, name }: Person,
  { password, remoteAddress }: { readonly password: string; readonly remoteAddress: string },
): Promise<void> {
  const owner = await passwordLogin({ name, password, remoteAddress });
  if (owner?.accountId === accountId) return;
  throw credentialsErrors.fail('PASSWORD_WRONG', 'that is not the password of your account');
}

async function setPassword(
  tx: WriteTransaction,
  {
    accountId,
    hash,
    now,
  }: { readonly accountId: number; readonly hash: string; readonly now: Instant },
): Promise<void> {
  const known = await lockPassword(tx, accountId);
  if (known === undefined) throw new Error('a log-in with a password belongs to nobody with one');
  // Log-ins are told apart by this instant, so that it must differ from the last one's.
  const changedAt = Math.max(now, known.changedAt + 1);
  await updatePassword(tx, accountId, { hash, changedAt });
}
