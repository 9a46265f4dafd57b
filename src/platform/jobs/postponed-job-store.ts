import type { Instant } from '#kernel';
import { statement, type WriteTransaction } from '#platform/db';

const postpone = statement<[availableAt: Instant, lastError: string, id: number]>(
  `update job set available_at = ?, failures = failures + 1, last_error = ?
   where id = ? and state = 'pending'`,
);

/** `false` unless the job waits. */
export async function postponePending(
  tx: WriteTransaction,
  id: number,
  { availableAt, error }: { readonly availableAt: Instant; readonly error: string },
): Promise<boolean> {
  return (await tx.run(postpone, availableAt, error, id)) > 0;
}
