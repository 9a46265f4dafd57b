import { defineErrors } from '#kernel';

export const accountsErrors = defineErrors({
  NAMESPACE_TAKEN: 'a user or an organization has this name already',
  ACCOUNT_UNKNOWN: 'no account has this name',
  LAST_ADMINISTRATOR: 'the server would be left without an active administrator',
});

export type AccountsErrorCode = (typeof accountsErrors.codes)[number];
