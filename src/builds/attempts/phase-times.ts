import type { Instant } from '#kernel';

/** A report is under way for so long at most: it is sent at once, and again for half a minute. */
const underWayMilliseconds = 60_000;

/**
 * When something was that a builder tells of. Its clock decides, as long as it says what can be: what
 * lies too far back is a wrong clock's, and is taken for now; nothing is yet to come, and nothing of an
 * attempt was before it.
 */
export function plausibleInstant(
  said: Instant,
  { startedAt, now }: { readonly startedAt: Instant; readonly now: Instant },
): Instant {
  const meant = said < now - underWayMilliseconds || said > now ? now : said;
  return Math.max(meant, startedAt);
}
