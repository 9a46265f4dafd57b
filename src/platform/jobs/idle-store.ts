import type { Instant } from '#kernel';
import { statement, type WriteTransaction } from '#platform/db';

const deleteLanes = statement<[queue: string, servedBefore: Instant]>(
  'delete from job_lane where queue = ? and running = 0 and served_at < ?',
);
const deleteGroups = statement<[queue: string, servedBefore: Instant]>(
  `delete from job_group
   where queue = ? and running = 0 and pending = 0 and served_at < ?`,
);

/**
 * Forgets groups and lanes that nothing waits or runs in and that were served long ago: all that they
 * remember is whose turn was last.
 */
export async function deleteIdle(
  tx: WriteTransaction,
  queue: string,
  servedBefore: Instant,
): Promise<void> {
  await tx.run(deleteLanes, queue, servedBefore);
  await tx.run(deleteGroups, queue, servedBefore);
}
