import { defineErrors } from '#kernel';

/** What only the edge can be told: everything else comes from the rooms. */
export const apiErrors = defineErrors({
  VALIDATION_FAILED: 'a field of the request is missing or wrong',
  BODY_TYPE_UNSUPPORTED: 'the body of the request is not JSON',
  NOT_FOUND: 'there is nothing of that name that the caller may see',
  BUILDER_UNAUTHENTICATED: 'the builder’s credential is missing or wrong',
});

export type ApiErrorCode = (typeof apiErrors.codes)[number];
