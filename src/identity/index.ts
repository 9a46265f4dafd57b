/**
 * identity: people, their names, passwords and tokens. Says who sends a request and keeps a wrong
 * guess dear; issues and verifies sessions and registry tokens, and takes power from them within
 * 5 seconds when an account or a credential loses its own. What a principal may do with a repository
 * is `#hub`'s to say.
 */
export type { AccessToken } from './access-token-store.ts';
export type { AccessTokenRequest, AccessTokens, CreatedAccessToken } from './access-tokens.ts';
export type { Account } from './account-store.ts';
export type { Accounts, NewUser } from './accounts.ts';
export type { Authenticate, Authentication, AuthenticationRequest } from './authenticate.ts';
export { type PresentedCredential, parseAuthorization } from './authorization-header.ts';
export { createIdentity, type Identity, type IdentityOptions } from './create-identity.ts';
export { type IdentityErrorCode, identityErrors } from './identity-errors.ts';
export { identityMigrations } from './identity-migrations.ts';
export type { NamespaceKind } from './identity-tables.ts';
export type { LogIn, LoginRequest } from './log-in.ts';
export { findNamespace, type Namespace } from './namespace-store.ts';
export {
  type AnonymousPrincipal,
  anonymous,
  type Credential,
  type Principal,
  type UserPrincipal,
} from './principal.ts';
export {
  type IssuedRegistryToken,
  isGranted,
  type RegistryAction,
  type RegistryGrant,
  type RegistryToken,
  type RegistryTokens,
  registryActions,
} from './registry-tokens.ts';
export type { Session, Sessions } from './sessions.ts';
export { generateSigningKey, readSigningKey, type SigningKey } from './signing-keys.ts';
export {
  includesScope,
  isTokenScope,
  type TokenScope,
  tokenScopes,
  widestScope,
} from './token-scope.ts';
