import type { AttemptPrincipal } from '#access';
import type { Attempts } from '#builds';
import { type Clock, credentialPrefixes, type RepositoryName } from '#kernel';
import { BoundedCache } from '#platform/cache';
import type { SourceId } from '#sources';

/** What the token of a running attempt says: which attempt, of which repository, from which source. */
export interface AttemptPass {
  /** `41-2`. */
  readonly attemptId: string;
  readonly buildId: number;
  readonly repositoryId: number;
  readonly repositoryName: RepositoryName;
  readonly sourceId: SourceId;
}

/** Whose attempt's token this is; `undefined` for anything that is not one of a live attempt. */
export type PassOf = (token: string) => Promise<AttemptPass | undefined>;

const remembered = { capacity: 10_000, lifetimeMilliseconds: 4_000 };

/**
 * Attempts are looked up at most every 4 seconds, so that an ended one reads nothing after 5. What
 * it pushes is stopped sooner: the fence is asked inside each transaction.
 */
export function createPassOf(attempts: Attempts, clock: Clock): PassOf {
  const standings = new BoundedCache<AttemptPass | undefined>({ ...remembered, clock });
  return async (token) => {
    if (!token.startsWith(credentialPrefixes.attempt)) return undefined;
    return standings.get(token, async () => {
      const standing = await attempts.authenticate(token);
      return standing?.isLive === true ? standing : undefined;
    });
  };
}

/** The attempt as one who asks. */
export function principalOf(pass: AttemptPass): AttemptPrincipal {
  const { attemptId, buildId, repositoryId, repositoryName, sourceId } = pass;
  return { kind: 'attempt', attemptId, buildId, repositoryId, repositoryName, sourceId };
}
