import type { ReadTransaction, WriteTransaction } from '#platform/db';
import { requirePlace } from '#repositories';

/** Where builds of a repository wait, and whose limits count. */
export interface QueuePlace {
  readonly namespaceId: number;
  readonly group: string;
  readonly lane: string;
  /** The repository was deleted: nothing of it is to be queued any more. */
  readonly isDeleted: boolean;
}

/**
 * Builds take turns within their namespace, repository by repository. The queue knows both by id:
 * nobody loses a place by being renamed, and who takes a freed name inherits no queue.
 */
export async function queuePlaceOf(
  tx: ReadTransaction | WriteTransaction,
  repositoryId: number,
): Promise<QueuePlace> {
  const { namespaceId, isDeleted } = await requirePlace(tx, repositoryId);
  return { namespaceId, group: String(namespaceId), lane: String(repositoryId), isDeleted };
}
