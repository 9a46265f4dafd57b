import type { Clock } from '#kernel';
import { addressBlock } from './address-block.ts';
import { identityErrors } from './identity-errors.ts';
import { TryLimit } from './try-limit.ts';

export interface LoginTry {
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
    begin({ name, remoteAddress }) {
      const block = addressBlock(remoteAddress);
      assertNoWait(Math.max(names.waitMilliseconds(name), addresses.waitMilliseconds(block)));
      names.spend(name);
      addresses.spend(block);
    },
    succeed({ name, remoteAddress }) {
      names.reset(name);
      // No reset: whoever has one account could otherwise guess at others for ever.
      addresses.refund(addressBlock(remoteAddress));
    },
    abandon({ name, remoteAddress }) {
      names.refund(name);
      addresses.refund(addressBlock(remoteAddress));
    },
  };
}

function assertNoWait(waitMilliseconds: number): void {
  if (waitMilliseconds === 0) return;
  const retryAfterSeconds = Math.ceil(waitMilliseconds / 1000);
  throw identityErrors.fail(
    'TOO_MANY_TRIES',
    `too many failed log-ins; try again in ${retryAfterSeconds} ${retryAfterSeconds === 1 ? 'second' : 'seconds'}`,
    { detail: { retryAfterSeconds } },
  );
}
