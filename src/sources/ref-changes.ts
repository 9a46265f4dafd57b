import type { DeliveryCause, DeliveryState, RefType } from '#kernel';
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
  readonly state: DeliveryState;
  /** What went wrong when it was tried last; it is tried again. */
  readonly error?: string;
  /** The first of them, where it is read with others. */
  readonly changes: readonly RefChange[];
}

/** Changes of one delivery that nobody has taken up yet. */
export type ChangesToTake = Pick<Delivery, 'sourceId' | 'changes'> & {
  readonly deliveryId: number;
};

export interface RefListener {
  /**
   * Takes up changes in the order of the ref log, as many as fit into a short transaction. Gives how
   * many it took up as a whole: none where a part of the first was enough for the transaction. What is
   * left comes with the next call, in a transaction of its own. How far the listener came is kept in
   * the same transaction, so each change is taken up exactly once, whatever fails and whichever server
   * goes on.
   */
  takeUp(tx: WriteTransaction, changes: ChangesToTake): Promise<number>;
}
