import type { Instant, NamespaceName } from '#kernel';
import type { TokenScope } from './token-scope.ts';

/** Who asks: what every decision about access is made for. */
export type Principal = AnonymousPrincipal | UserPrincipal;

export interface AnonymousPrincipal {
  readonly kind: 'anonymous';
}

export interface UserPrincipal {
  readonly kind: 'user';
  readonly accountId: number;
  /** The personal namespace, which has the same name as the account. */
  readonly namespaceId: number;
  readonly name: NamespaceName;
  /** Of this server, not of an organization. */
  readonly isAdministrator: boolean;
  /** What the principal logged in with: it limits what the principal may do. */
  readonly credential: Credential;
}

export type Credential =
  /** Which password it was: a later one ends the log-in. */
  | { readonly kind: 'password'; readonly passwordChangedAt: Instant }
  | { readonly kind: 'pat'; readonly id: string; readonly scope: TokenScope };

export const anonymous: AnonymousPrincipal = { kind: 'anonymous' };
