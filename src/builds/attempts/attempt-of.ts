import type { AttemptPrincipal } from '#access';
import { type Clock, credentialPrefixes } from '#kernel';
import { BoundedCache } from '#platform/cache';
import type { AttemptStanding } from './attempt-store.ts';
import type { Attempts } from './attempts.ts';

/** Whose attempt's token this is, as one who asks; `undefined` for anything but that of a live attempt. */
export type AttemptOf = (token: string) => Promise<AttemptPrincipal | undefined>;

const remembered = { capacity: 10_000, lifetimeMilliseconds: 4_000 };

/**
 * Attempts are looked up at most every 4 seconds, so that an ended one reads nothing after 5. What
 * it pushes is stopped sooner: the fence is asked inside each transaction.
 */
export function createAttemptOf(attempts: Pick<Attempts, 'authenticate'>, clock: Clock): AttemptOf {
  const known = new BoundedCache<AttemptPrincipal | undefined>({ ...remembered, clock });
  return async (token) => {
    if (!token.startsWith(credentialPrefixes.attempt)) return undefined;
    return known.get(token, async () => {
      const standing = await attempts.authenticate(token);
      return standing?.isLive === true ? principalOf(standing) : undefined;
    });
  };
}

function principalOf(standing: AttemptStanding): AttemptPrincipal {
  const { attemptId, buildId, repositoryId, repositoryName, sourceId } = standing;
  return { kind: 'attempt', attemptId, buildId, repositoryId, repositoryName, sourceId };
}
