import { looksLikeAccessToken } from './access-token-text.ts';
import { credentialsErrors } from './credentials-errors.ts';

const shortest = 8;
/** Far beyond any passphrase, and short enough that nobody feeds the hash megabytes. */
const longestBytes = 1024;

/** Throws `PASSWORD_UNACCEPTABLE` with what to choose instead (NIST SP 800-63B, 5.1.1: length, not composition). */
export function assertAcceptablePassword(password: string, accountName: string): void {
  const problem = findPasswordProblem(password, accountName);
  if (problem === undefined) return;
  throw credentialsErrors.fail('PASSWORD_UNACCEPTABLE', problem, { detail: { field: 'password' } });
}

function findPasswordProblem(password: string, accountName: string): string | undefined {
  if (password.length < shortest) return `a password has at least ${shortest} characters`;
  if (Buffer.byteLength(password) > longestBytes) {
    return `a password has at most ${longestBytes} bytes`;
  }
  if (password.toLowerCase() === accountName) {
    return 'a password differs from the name of its account';
  }
  if (looksLikeAccessToken(password)) {
    return 'a password does not begin as an access token does';
  }
  return undefined;
}
