import type { Instant, NamespaceName, TokenScope } from '#kernel';

/** Who asks: what every decision about access is made for. */
export type Principal = Nobody | Person;

export interface Nobody {
  readonly kind: 'anonymous';
}

export interface Person {
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

export const anonymous: Nobody = { kind: 'anonymous' };
