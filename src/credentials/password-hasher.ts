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
   * long as with one and says no. Who is known at this address waits behind others who are, and not
   * behind guesses; one address has a part of the line alone. Throws `LOGIN_BUSY`.
   */
  check(phc: string | undefined, password: string, from?: LoginOrigin): Promise<boolean>;
}

export interface LoginOrigin {
  readonly address: string;
  readonly isKnown: boolean;
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
  const known = new WaitingLine({ running: Math.max(1, running - 1), waiting });
  const strangers = new WaitingLine({ running, waiting, ofOneParty: Math.ceil(waiting / 4) });
  const nobody = unmatchableHash(cost);

  return {
    hash: async (password) => admitted(await known.enter('', () => hashPassword(password, cost))),
    check: async (phc, password, { address, isKnown } = { address: '', isKnown: true }) => {
      const line = isKnown ? known : strangers;
      return admitted(await line.enter(address, () => isPasswordOf(phc ?? nobody, password)));
    },
  };
}

function admitted<Result>(result: Result | undefined): Result {
  if (result !== undefined) return result;
  throw credentialsErrors.fail(
    'LOGIN_BUSY',
    'too many log-ins at once; try again in a few seconds, or use an access token, which is checked faster',
    { detail: { retryAfterSeconds: 3 } },
  );
}
