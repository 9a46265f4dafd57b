import { defineErrors } from '#kernel';

export const credentialsErrors = defineErrors({
  AUTHORIZATION_MALFORMED: 'an Authorization header has an unknown scheme or is not well formed',
  INVALID_CREDENTIALS: 'no active account has this name with this password or token',
  TOO_MANY_TRIES:
    'too many failed log-ins for one name or from one address; detail says when to try again',
  LOGIN_BUSY: 'more passwords wait to be checked than the server takes',
  PASSWORD_UNACCEPTABLE: 'a new password breaks the password policy',
  PASSWORD_WRONG: 'the password that was given to confirm something is not the one of the account',
  SESSION_UNKNOWN: 'the account has no session with this id',
  TOKEN_LABEL_INVALID: 'the label of an access token is empty or too long',
  TOKEN_EXPIRY_INVALID: 'an access token would expire in the past',
  TOKEN_UNKNOWN: 'the account has no access token with this id',
  TOKEN_LIMIT_REACHED: 'the account has as many access tokens as one may have',
  SIGNING_KEY_INVALID: 'a signing key is not an Ed25519 private key in PEM',
});

export type CredentialsErrorCode = (typeof credentialsErrors.codes)[number];
