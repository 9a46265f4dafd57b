import type { Generated } from 'kysely';
import type { TokenScope } from './token-scope.ts';

/** The tables of this room, as Kysely sees them. Flags are 0 or 1. */
export interface IdentityTables {
  namespace: NamespaceTable;
  account: AccountTable;
  personal_access_token: PersonalAccessTokenTable;
}

/** People, organizations and the system's own names share one space of names. */
export type NamespaceKind = 'user' | 'organization' | 'system';

interface NamespaceTable {
  readonly id: Generated<number>;
  readonly name: string;
  readonly kind: NamespaceKind;
  readonly created_at: number;
}

interface AccountTable {
  readonly id: Generated<number>;
  readonly namespace_id: number;
  readonly password_hash: string;
  readonly password_changed_at: number;
  readonly is_administrator: number;
  readonly is_active: number;
  readonly created_at: number;
}

interface PersonalAccessTokenTable {
  readonly id: string;
  readonly account_id: number;
  readonly label: string;
  /** SHA-256 of the token's text, in hex. */
  readonly digest: string;
  readonly scope: TokenScope;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly last_used_at: number | null;
  readonly revoked_at: number | null;
}
