import type { Generated } from 'kysely';
import type { NamespaceKind } from '#kernel';

/** The tables of this room, as Kysely sees them. Flags are 0 or 1. */
export interface AccountsTables {
  namespace: NamespaceTable;
  account: AccountTable;
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
