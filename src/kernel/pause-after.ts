export interface Pauses {
  readonly firstMilliseconds: number;
  readonly longestMilliseconds: number;
}

/** How long to wait after so many failures in a row: twice as long after each, up to the longest. */
export function pauseAfter(
  failures: number,
  { firstMilliseconds, longestMilliseconds }: Pauses,
): number {
  return Math.min(firstMilliseconds * 2 ** Math.max(0, failures - 1), longestMilliseconds);
}
