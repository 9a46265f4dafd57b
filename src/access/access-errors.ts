import { defineErrors } from '#kernel';

export const accessErrors = defineErrors({
  UNAUTHENTICATED: 'the operation takes a log-in, or a token',
  ACCESS_DENIED: 'the caller is known and may not do this; the message says what it would take',
  PASSWORD_SESSION_NEEDED: 'accounts and tokens are managed after a log-in with the password only',
});

export type AccessErrorCode = (typeof accessErrors.codes)[number];
