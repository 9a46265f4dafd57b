import type { Instant } from '#kernel';

/** The last one that a calendar has (ECMA-262, "Time Values and Time Range"). */
const lastInstant = 8_640_000_000_000_000;

/** Instants travel as RFC 3339 text. One that no calendar has is the nearest one: a row is no reason to fail. */
export function instantText(instant: Instant): string {
  return new Date(Math.max(0, Math.min(instant, lastInstant))).toISOString();
}

/** `{ [name]: text }`, or nothing where there is no instant. */
export function optionalInstant<Name extends string>(
  name: Name,
  instant: Instant | undefined,
): { readonly [Key in Name]?: string } {
  if (instant === undefined) return {};
  return { [name]: instantText(instant) } as { readonly [Key in Name]?: string };
}
