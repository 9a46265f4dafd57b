import type { TokenScope } from '#kernel';

/** The tables of this room, as Kysely sees them. */
export interface CredentialsTables {
  password: PasswordTable;
  personal_access_token: PersonalAccessTokenTable;
}

interface PasswordTable {
  readonly account_id: number;
  readonly hash: string;
  readonly changed_at: number;
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
