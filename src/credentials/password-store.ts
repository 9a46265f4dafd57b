import type { Instant } from '#kernel';
import { type ReadTransaction, statement, type WriteTransaction } from '#platform/db';
import type { CredentialsTables } from './credentials-tables.ts';

export interface StoredPassword {
  readonly hash: string;
  /** Log-ins with an earlier password have no power any more. */
  readonly changedAt: Instant;
}

const select = statement<[accountId: number], StoredPassword>(
  'select hash, changed_at as "changedAt" from password where account_id = ?',
);

export async function findPassword(
  tx: Pick<ReadTransaction, 'first'>,
  accountId: number,
): Promise<StoredPassword | undefined> {
  return tx.first(select, accountId);
}

/** As `findPassword`; until the transaction ends, nobody changes it. */
export async function lockPassword(
  tx: WriteTransaction,
  accountId: number,
): Promise<StoredPassword | undefined> {
  const query = tx
    .tables<CredentialsTables>()
    .selectFrom('password')
    .select(['hash', 'changed_at as changedAt'])
    .where('account_id', '=', accountId);
  return (tx.dialect === 'sqlite' ? query : query.forUpdate()).executeTakeFirst();
}

export async function insertPassword(
  tx: WriteTransaction,
  accountId: number,
  { hash, changedAt }: StoredPassword,
): Promise<void> {
  await tx
    .tables<CredentialsTables>()
    .insertInto('password')
    .values({ account_id: accountId, hash, changed_at: changedAt })
    .execute();
}

export async function updatePassword(
  tx: WriteTransaction,
  accountId: number,
  { hash, changedAt }: StoredPassword,
): Promise<void> {
  await tx
    .tables<CredentialsTables>()
    .updateTable('password')
    .set({ hash, changed_at: changedAt })
    .where('account_id', '=', accountId)
    .execute();
}
