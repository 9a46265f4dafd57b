import { addressBlock, type Clock } from '#kernel';
import { credentialsErrors } from './credentials-errors.ts';
import { KnownPlaces } from './known-places.ts';
import { TryLimit } from './try-limit.ts';

export interface LoginTry {
  readonly name: string;
  readonly remoteAddress: string;
}

/**
 * Bounds how fast passwords can be guessed: at a name from one address, and, slower, from an address
 * whatever the name, and at a name from wherever. Whoever logged in with a name from an address before
 * is held to the first alone, so that nobody's guesses lock them out from elsewhere. A name that nobody
 * has is limited as any other. A try is counted before it is checked, so that many at once gain nothing.
 */
export interface LoginLimits {
  /**
   * Throws `TOO_MANY_TRIES` where so many tries were refused that one of them could have found a
   * password that is remembered: whoever remembers asks before.
   */
  assertNoFlood(login: LoginTry): void;
  /** Counts a try. Throws `TOO_MANY_TRIES`, which says when to try again. */
  begin(login: LoginTry): void;
  /** The password was right: the name starts anew from this address, which is known from now on. */
  succeed(login: LoginTry): void;
  /** The password could not be checked: the try doesn't count. */
  abandon(login: LoginTry): void;
  /** Whether the name logged in from this address before. */
  isKnown(login: LoginTry): boolean;
}

/** How many tries may fail in a row, and after how long there is one more. */
const limits = {
  nameFromAddress: { burst: 10, refillMilliseconds: 30_000 },
  address: { burst: 60, refillMilliseconds: 5_000 },
  name: { burst: 100, refillMilliseconds: 30_000 },
  refused: { burst: 200, refillMilliseconds: 1_000 },
} as const;
const capacity = 20_000;

export function createLoginLimits(clock: Clock): LoginLimits {
  const limitOf = (kind: keyof typeof limits) => new TryLimit({ ...limits[kind], capacity, clock });
  const [pairs, addresses, names] = [
    limitOf('nameFromAddress'),
    limitOf('address'),
    limitOf('name'),
  ];
  const refused = limitOf('refused');
  const places = new KnownPlaces();

  const waitOf = ({ name, address, pair }: Keys) => {
    const here = pairs.waitMilliseconds(pair);
    if (places.has(pair)) return here;
    return Math.max(here, names.waitMilliseconds(name), addresses.waitMilliseconds(address));
  };

  return {
    assertNoFlood(login) {
      assertNoWait(refused.waitMilliseconds(keysOf(login).pair));
    },
    begin(login) {
      const keys = keysOf(login);
      const wait = waitOf(keys);
      if (wait > 0) refused.spend(keys.pair);
      assertNoWait(wait);
      pairs.spend(keys.pair);
      names.spend(keys.name);
      addresses.spend(keys.address);
    },
    succeed(login) {
      const { name, address, pair } = keysOf(login);
      pairs.reset(pair);
      // No reset: each log-in of its owner, or into an own account, would be a fresh start for guesses.
      names.refund(name);
      addresses.refund(address);
      places.note(pair);
    },
    abandon(login) {
      const { name, address, pair } = keysOf(login);
      pairs.refund(pair);
      names.refund(name);
      addresses.refund(address);
    },
    isKnown: (login) => places.has(keysOf(login).pair),
  };
}

type Keys = ReturnType<typeof keysOf>;

/** Names that nobody has may be as long as a request; they are not kept whole. */
function keysOf({ name: given, remoteAddress }: LoginTry) {
  const name = given.slice(0, 100);
  const address = addressBlock(remoteAddress);
  return { name, address, pair: `${address} ${name}` };
}

function assertNoWait(waitMilliseconds: number): void {
  if (waitMilliseconds === 0) return;
  const retryAfterSeconds = Math.ceil(waitMilliseconds / 1000);
  throw credentialsErrors.fail(
    'TOO_MANY_TRIES',
    `too many failed log-ins; try again in ${retryAfterSeconds} ${retryAfterSeconds === 1 ? 'second' : 'seconds'}`,
    { detail: { retryAfterSeconds } },
  );
}
