import { addressBlock, type Clock } from '#kernel';
import { credentialsErrors } from './credentials-errors.ts';
import { TryLimit } from './try-limit.ts';

interface LoginTry {
  readonly name: string;
  readonly remoteAddress: string;
}

/**
 * Bounds how fast passwords can be guessed: for one account, from wherever, and from one address,
 * for whatever account. A try is counted before it is checked, so that many at once gain nothing.
 */
export interface LoginLimits {
  /** Counts a try. Throws `TOO_MANY_TRIES`, which says when to try again. */
  begin(login: LoginTry): void;
  /** The password was right: the account starts anew, and the address gets this try back. */
  succeed(login: LoginTry): void;
  /** The password could not be checked: the try doesn't count. */
  abandon(login: LoginTry): void;
}

const rememberedKeys = 20_000;

export function createLoginLimits(clock: Clock): LoginLimits {
  const names = new TryLimit({
    burst: 10,
    refillMilliseconds: 30_000,
    capacity: rememberedKeys,
    clock,
  });
  const addresses = new TryLimit({
    burst: 60,
    refillMilliseconds: 5_000,
    capacity: rememberedKeys,
    clock,
  });

  return {
    begin(login) {
      const { name, address } = keysOf(login);
      assertNoWait(Math.max(names.waitMilliseconds(name), addresses.waitMilliseconds(address)));
      names.spend(name);
      addresses.spend(address);
    },
    succeed(login) {
      const { name, address } = keysOf(login);
      names.reset(name);
      // No reset: whoever has one account could otherwise guess at others for ever.
      addresses.refund(address);
    },
    abandon(login) {
      const { name, address } = keysOf(login);
      names.refund(name);
      addresses.refund(address);
    },
  };
}

/** Names that nobody has may be as long as a request; they are not kept whole. */
function keysOf({ name, remoteAddress }: LoginTry) {
  return { name: name.slice(0, 100), address: addressBlock(remoteAddress) };
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
