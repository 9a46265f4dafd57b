import { defineErrors } from '#kernel';

/** What only the `/v2` edge can find wrong. */
export const edgeErrors = defineErrors({
  UNAUTHORIZED: 'the request needs a credential, or one that says more',
  TRIES_SPENT: 'too many wrong credentials came; detail says when to try again',
  NAME_UNKNOWN: 'there is no such repository',
  NAMESPACE_MISSING: 'the repository name has one part only',
  ROUTE_UNKNOWN: 'the specification has no such path',
  PATH_ENCODED: 'the path is percent-encoded, which no valid name needs',
  UNSUPPORTED: 'the path does not know this method',
  PAGINATION_NUMBER_INVALID: 'the query parameter n is not a whole number',
  RANGE_NOT_SATISFIABLE: 'the blob ends before the range begins',
});

export type EdgeErrorCode = (typeof edgeErrors.codes)[number];
