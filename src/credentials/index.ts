/**
 * credentials: who asks. Passwords, access tokens, sessions and registry tokens: makes a wrong guess
 * dear, and takes power within 5 seconds when an account or a credential loses its own. What a
 * principal may do is `#access`'s to say.
 */
export type { AccessToken } from './access-token-store.ts';
export type { AccessTokenRequest, AccessTokens, CreatedAccessToken } from './access-tokens.ts';
export type {
  AttemptOfToken,
  Authenticate,
  Authentication,
  AuthenticationRequest,
  CredentialForm,
} from './authenticate.ts';
export { type PresentedCredential, parseAuthorization } from './authorization-header.ts';
export {
  type Credentials,
  type CredentialsOptions,
  createCredentials,
} from './create-credentials.ts';
export { type CredentialsErrorCode, credentialsErrors } from './credentials-errors.ts';
export { credentialsMigrations } from './credentials-migrations.ts';
export type { LogIn, LoginRequest } from './log-in.ts';
export type { PasswordChange, Passwords } from './passwords.ts';
export type { NewUser, Registration } from './registration.ts';
export {
  type IssuedRegistryToken,
  type RegistryToken,
  type RegistryTokens,
} from './registry-tokens.ts';
export type { OwnSession, Session, SessionRequest, Sessions } from './sessions.ts';
export { generateSigningKey, readSigningKey, type SigningKey } from './signing-keys.ts';
