import { accessErrors, type Principal } from '#access';
import { buildsErrors } from '../builds-errors.ts';
import type { BuildsParts } from '../builds-options.ts';
import { type BuildWish, requireBuildFor } from './require-build-for.ts';

/**
 * Who asks, as credentials stand by now; `undefined` once theirs has lost its power. Asked as long as
 * an answer goes on.
 */
export type Renew = () => Promise<Principal | undefined>;

const everyMilliseconds = 1_000;

/** Whether somebody may still do this with a build: who asks and what they may is looked up anew. */
export interface Asking {
  now(): Promise<boolean>;
  /** As it was a second ago at most: for every piece of an answer. */
  lately(): Promise<boolean>;
}

export function keepAsking(
  { database, clock }: Pick<BuildsParts, 'database' | 'clock'>,
  { renew, ...wish }: Omit<BuildWish, 'principal'> & { readonly renew: Renew },
): Asking {
  let askedAt = clock.now();
  let isAllowed = true;
  const ask = async () => {
    const principal = await renew();
    if (principal === undefined) return false;
    await database.read((tx) => requireBuildFor(tx, { ...wish, principal }));
    return true;
  };
  const now = async () => {
    askedAt = clock.now();
    isAllowed = await ask().catch(notAny);
    return isAllowed;
  };
  const isRecent = () => clock.now() - askedAt < everyMilliseconds;
  return { now, lately: async () => (isRecent() ? isAllowed : now()) };
}

/** A refusal, and nothing else, is a no. Who may see a build no more is told nothing, that neither. */
function notAny(error: unknown): false {
  if (buildsErrors.is(error) || accessErrors.is(error)) return false;
  throw error;
}
