import type { DeliveryCause, RefType } from '#kernel';
import type { WriteTransaction } from '#platform/db';

export type SourceId = number;
/** Where a ref of a source pointed when we learned it: one row of the ref log. */
export interface RefChange {
  /** Place in the source's ref log, ascending: what "newer" means when images are published. */
  readonly seq: number;
  readonly type: RefType;
  /** Without `refs/heads/` or `refs/tags/`. */
  readonly name: string;
  /** Absent: the ref was deleted. A tag's is the commit it leads to, peeled. */
  readonly commit?: string;
}

/** Something told us to look at a source, and what we found changed. */
export interface Delivery {
  readonly id: number;
  readonly sourceId: SourceId;
  readonly cause: DeliveryCause;
  /** Who pushed, where known. */
  readonly pushedBy?: string;
  readonly receivedAt: number;
  readonly changes: readonly RefChange[];
}

/**
 * Told of every kept delivery inside the transaction that appends its changes to the ref log, so
 * that what follows from a push is decided once and never lost. A push that changed nothing is told
 * too, with no changes.
 */
export interface RefListener {
  refsChanged(tx: WriteTransaction, delivery: Delivery): Promise<void>;
}
