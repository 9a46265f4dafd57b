import { defineErrors } from '#kernel';

export const accessErrors = defineErrors({
  PASSWORD_SESSION_NEEDED: 'accounts and tokens are managed after a log-in with the password only',
  ADMINISTRATOR_NEEDED: 'only an administrator of this server may do that',
});

export type AccessErrorCode = (typeof accessErrors.codes)[number];
