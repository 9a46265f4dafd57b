import type { Instant } from '#kernel';

/** The last one that a calendar has (ECMA-262, "Time Values and Time Range"). */
const lastInstant = 8_640_000_000_000_000;

/**
 * An instant as Hub writes it, with microseconds. A whole second has one of them: hub-tool takes a time
 * without a fraction for none.
 */
export function hubTimeText(instant: Instant | undefined): string | null {
  if (instant === undefined) return null;
  const bounded = Math.max(0, Math.min(instant, lastInstant));
  const [second, milliseconds = ''] = new Date(bounded).toISOString().slice(0, -1).split('.');
  return `${second}.${milliseconds}${milliseconds === '000' ? '001' : '000'}Z`;
}
