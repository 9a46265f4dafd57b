import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { transferErrors } from '../transfer-errors.ts';

/** Whether a connection may lead to an IP address. */
export type MayReach = (address: string) => boolean;

/**
 * Resolves names to those of their addresses that may be reached. The connection is made to an address
 * that was looked at here and to no other: a name that leads elsewhere a moment later changes nothing.
 */
export function guardedLookup(mayReach: MayReach): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      const [first, ...others] =
        error === null ? found.filter((each) => mayReach(each.address)) : [];
      if (first === undefined) callback(error ?? notReached(hostname), []);
      else if (options.all === true) callback(null, [first, ...others]);
      else callback(null, first.address, first.family);
    });
  };
}

/** Throws for a host that is an address itself, which nobody looks up. */
export function assertMayReach(host: string, mayReach: MayReach): void {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) !== 0 && !mayReach(bare)) throw notReached(bare);
}

function notReached(host: string): Error {
  return transferErrors.fail(
    'REGISTRY_ADDRESS_REFUSED',
    `${host} leads to an address that is not open to registries`,
    { detail: { registry: host } },
  );
}
