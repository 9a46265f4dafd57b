import type { Tag } from '#kernel';
import { statement, type WriteTransaction } from '#platform/db';
import type { RepositoryId } from '../publish-rules.ts';

/** Where a publication stands among all that set a tag. */
export interface PublishOrder {
  /** Opaque to the registry; of two, the larger is the newer. */
  readonly position: number;
  /** What to call the publication when another is told that this one is newer: `build 42`. */
  readonly label: string;
}

const claim = statement<[RepositoryId, Tag, position: number, label: string]>(
  `insert into publish_order (repository_id, tag, position, label) values (?, ?, ?, ?)
   on conflict (repository_id, tag) do update
   set position = excluded.position, label = excluded.label
   where publish_order.position <= excluded.position`,
);
const selectLabel = statement<[RepositoryId, Tag], { label: string }>(
  'select label from publish_order where repository_id = ? and tag = ?',
);

/**
 * Makes the tag this publication's, in one statement, so that of two at once the newer wins; gives
 * the label of a newer one that has it, if one has. The claim outlives the tag.
 */
export async function claimOrder(
  tx: WriteTransaction,
  { repositoryId, tag }: { readonly repositoryId: RepositoryId; readonly tag: Tag },
  { position, label }: PublishOrder,
): Promise<string | undefined> {
  if ((await tx.run(claim, repositoryId, tag, position, label)) > 0) return undefined;
  return (await tx.first(selectLabel, repositoryId, tag))?.label;
}
