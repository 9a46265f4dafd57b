import type { TokenScope } from '#kernel';

/** The tables of this room, as Kysely sees them. */
export interface CredentialsTables {
  password: PasswordTable;
  personal_access_token: PersonalAccessTokenTable;
  session: SessionTable;
}

interface PasswordTable {
  readonly account_id: number;
  readonly hash: string;
  readonly changed_at: number;
}

/** Those that were not ended: one that has no row has no power. */
interface SessionTable {
  readonly id: string;
  readonly account_id: number;
  readonly created_at: number;
  readonly expires_at: number;
  readonly last_used_at: number;
  readonly remote_address: string | null;
  readonly user_agent: string | null;
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
