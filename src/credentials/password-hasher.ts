import { credentialsErrors } from './credentials-errors.ts';
import {
  defaultPasswordCost,
  hashPassword,
  isPasswordOf,
  type PasswordCost,
  unmatchableHash,
} from './password-hash.ts';
import { WaitingLine } from './waiting-line.ts';

export interface PasswordHasher {
  /** Throws `LOGIN_BUSY`. */
  hash(password: string): Promise<string>;
  /**
   * Whether the password is the one behind the hash. Without a hash (no such account) it works as
   * long as with one and says no. Throws `LOGIN_BUSY`.
   */
  check(phc: string | undefined, password: string): Promise<boolean>;
}

export interface PasswordHasherOptions {
  readonly cost?: PasswordCost;
  readonly running?: number;
  readonly waiting?: number;
}

/**
 * Each hash occupies a thread of the pool that files are read with, so a few run at a time, a few
 * more wait, and the rest is told to come back.
 */
export function createPasswordHasher(options: PasswordHasherOptions = {}): PasswordHasher {
  const { cost = defaultPasswordCost, running = 2, waiting = 64 } = options;
  const line = new WaitingLine({ running, waiting });
  const nobody = unmatchableHash(cost);

  return {
    hash: (password) => enter(line, () => hashPassword(password, cost)),
    check: (phc, password) => enter(line, () => isPasswordOf(phc ?? nobody, password)),
  };
}

async function enter<Result>(line: WaitingLine, work: () => Promise<Result>): Promise<Result> {
  const result = line.enter(work);
  if (result !== undefined) return await result;
  throw credentialsErrors.fail(
    'LOGIN_BUSY',
    'too many log-ins at once; try again in a few seconds, or use an access token, which is checked faster',
    { detail: { retryAfterSeconds: 3 } },
  );
}
