import type { IncomingHttpHeaders } from 'node:http';
import type { Digest } from '#kernel';

/** What a digest names never changes: it is the strongest of validators (RFC 9110, section 8.8.3). */
export function etagOf(digest: Digest): string {
  return `"${digest}"`;
}

/** Whether the client says that it has this already (RFC 9110, section 13.1.2). */
export function isHeldByClient(headers: IncomingHttpHeaders, digest: Digest): boolean {
  const held = headers['if-none-match'];
  if (held === undefined) return false;
  const etag = etagOf(digest);
  return held.split(',').some((each) => [etag, `W/${etag}`, '*'].includes(each.trim()));
}

/**
 * The Range that a client means: none where it has the beginning of something else, so that it gets the
 * whole and begins anew (RFC 9110, section 13.1.5). No date is a match, for none is ever given out.
 */
export function rangeFor(headers: IncomingHttpHeaders, digest: Digest): string | undefined {
  const condition = headers['if-range'];
  return condition === undefined || condition === etagOf(digest) ? headers.range : undefined;
}
