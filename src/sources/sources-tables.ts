import type { Generated } from 'kysely';
import type { DeliveryCause, DeliveryState, ProviderKind, RefType } from '#kernel';
import type { SourceId } from './ref-changes.ts';

/** The tables of this room, as Kysely sees them. */
export interface SourcesTables {
  source: SourceTable;
  source_ref: SourceRefTable;
  delivery: DeliveryTable;
  ref_log: RefLogTable;
}

interface SourceTable {
  readonly id: Generated<number>;
  readonly provider: ProviderKind;
  /** The provider's own text. */
  readonly name: string;
  readonly default_branch: string | null;
  /** The last place in the ref log that the listener has taken up; 0 before the first. */
  readonly taken_seq: number;
  readonly created_at: number;
}

interface SourceRefTable {
  readonly source_id: SourceId;
  readonly ref_type: RefType;
  readonly ref_name: string;
  readonly commit_id: string;
  readonly seq: number;
  /** 1: somebody deleted it since the last look, which has to be told though it may be there again. */
  readonly was_deleted: number;
}

export interface DeliveryTable {
  readonly id: Generated<number>;
  readonly source_id: SourceId;
  readonly cause: DeliveryCause;
  readonly pushed_by: string | null;
  readonly received_at: number;
  readonly state: DeliveryState;
  readonly error: string | null;
}

interface RefLogTable {
  readonly seq: Generated<number>;
  readonly source_id: SourceId;
  readonly delivery_id: number;
  readonly ref_type: RefType;
  readonly ref_name: string;
  readonly commit_id: string | null;
  readonly observed_at: number;
}
