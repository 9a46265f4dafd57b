import type { Instant } from '#kernel';

/** Instants travel as RFC 3339 text. */
export function instantText(instant: Instant): string {
  return new Date(instant).toISOString();
}

/** `{ [name]: text }`, or nothing where there is no instant. */
export function optionalInstant<Name extends string>(
  name: Name,
  instant: Instant | undefined,
): { readonly [Key in Name]?: string } {
  if (instant === undefined) return {};
  return { [name]: instantText(instant) } as { readonly [Key in Name]?: string };
}
