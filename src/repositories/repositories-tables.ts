import type { Generated } from 'kysely';
import type { ImmutabilityMode, Role } from '#kernel';

/** The tables of this room, as Kysely sees them. Flags are 0 or 1. */
export interface RepositoriesTables {
  repository: RepositoryTable;
  repository_overview: RepositoryOverviewTable;
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
  /** When somebody last changed what is said of it; null until then. */
  readonly edited_at: number | null;
  /** Present: the repository is gone for everybody, and its contents are being cleaned up. */
  readonly deleted_at: number | null;
}

/** The page of a repository. Apart from its row, which every push writes anew. */
interface RepositoryOverviewTable {
  readonly repository_id: number;
  readonly text: string;
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
