import type { Generated } from 'kysely';
import type { NamespaceKind, Role } from '#kernel';

/** The tables of this room, as Kysely sees them. Flags are 0 or 1. */
export interface AccountsTables {
  namespace: NamespaceTable;
  account: AccountTable;
  grantee: GranteeTable;
  grantee_member: GranteeMemberTable;
  namespace_grant: NamespaceGrantTable;
}

interface NamespaceTable {
  readonly id: Generated<number>;
  readonly name: string;
  readonly kind: NamespaceKind;
  readonly created_at: number;
}

interface AccountTable {
  readonly id: Generated<number>;
  readonly namespace_id: number;
  readonly is_administrator: number;
  readonly is_active: number;
  readonly created_at: number;
}

/** Whom something can be granted to. */
interface GranteeTable {
  readonly id: Generated<number>;
  readonly kind: 'person' | 'team' | 'organization_token';
  /** Of a person. */
  readonly account_id: number | null;
}

/**
 * Who has what is granted to a grantee: whoever is a member of it. Everybody is a member of themselves,
 * so that what reaches somebody is one join, by way of a team or not.
 */
interface GranteeMemberTable {
  readonly grantee_id: number;
  readonly member_id: number;
}

/** What somebody is in a namespace, and thereby in every repository of it. */
interface NamespaceGrantTable {
  readonly namespace_id: number;
  readonly grantee_id: number;
  readonly role: Role;
}
