import type { Generated } from 'kysely';
import type { ImmutabilityMode, Role } from '#kernel';

/** The tables of this room, as Kysely sees them. Flags are 0 or 1. */
export interface RepositoriesTables {
  repository: RepositoryTable;
  tag_immutability: TagImmutabilityTable;
  namespace_settings: NamespaceSettingsTable;
  repository_grant: RepositoryGrantTable;
}

interface RepositoryTable {
  readonly id: Generated<number>;
  readonly namespace_id: number;
  /** `namespace/name`; one live repository has it. */
  readonly name: string;
  readonly is_private: number;
  readonly description: string;
  readonly created_at: number;
  readonly last_pushed_at: number | null;
  /** Present: the repository is gone for everybody, and its contents are being cleaned up. */
  readonly deleted_at: number | null;
}

/** Apart from the repository's row, which every push stamps, so that pushes don't wait on its lock. */
interface TagImmutabilityTable {
  readonly repository_id: number;
  readonly mode: ImmutabilityMode;
  /** A JSON array of RE2 expressions. */
  readonly patterns: string;
}

/** A namespace without a row has the server's defaults. */
interface NamespaceSettingsTable {
  readonly namespace_id: number;
  readonly is_private_by_default: number;
}

/** What somebody is in one repository, beside what the namespace makes them. */
interface RepositoryGrantTable {
  readonly repository_id: number;
  readonly grantee_id: number;
  readonly role: Role;
}
