import type { AttemptState, Instant } from '#kernel';
import { type ReadTransaction, statement, type WriteTransaction } from '#platform/db';

/** An attempt whose sandbox the builder has not yet said to be gone. */
export interface HeldAttempt {
  readonly id: string;
  readonly state: AttemptState;
  readonly reason: string | null;
  readonly startedAt: Instant;
}

const columns = 'id, state, reason, started_at as "startedAt"';
const selectOfBuilder = statement<[builder: string], HeldAttempt>(
  `select ${columns} from attempt where builder = ? and settled_at is null order by id`,
);
const selectOfConnection = statement<[connectionId: number], HeldAttempt>(
  `select ${columns} from attempt where connection_id = ? and settled_at is null order by id`,
);

export async function listHeldByBuilder(
  tx: Pick<ReadTransaction, 'all'>,
  builder: string,
): Promise<readonly HeldAttempt[]> {
  return tx.all(selectOfBuilder, builder);
}

export async function listHeldOver(
  tx: Pick<ReadTransaction, 'all'>,
  connectionId: number,
): Promise<readonly HeldAttempt[]> {
  return tx.all(selectOfConnection, connectionId);
}

const adopt = statement<[connectionId: number, id: string]>(
  'update attempt set connection_id = ? where id = ?',
);

export async function adoptAttempt(
  tx: WriteTransaction,
  connectionId: number,
  id: string,
): Promise<void> {
  await tx.run(adopt, connectionId, id);
}

const settle = statement<[settledAt: Instant, id: string]>(
  'update attempt set settled_at = ? where id = ? and settled_at is null',
);

/** Its sandbox is gone. `false` when that was known. */
export async function settleAttempt(
  tx: WriteTransaction,
  id: string,
  at: Instant,
): Promise<boolean> {
  return (await tx.run(settle, at, id)) > 0;
}
