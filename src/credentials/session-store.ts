import type { Instant } from '#kernel';
import { type ReadTransaction, statement, type WriteTransaction } from '#platform/db';
import type { CredentialsTables } from './credentials-tables.ts';

/** A log-in that goes on. */
export interface StoredSession {
  readonly id: string;
  readonly accountId: number;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  readonly lastUsedAt: Instant;
  readonly remoteAddress: string | undefined;
  /** What the client called itself. */
  readonly userAgent: string | undefined;
}

interface SessionRow {
  readonly id: string;
  readonly accountId: number;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly lastUsedAt: number;
  readonly remoteAddress: string | null;
  readonly userAgent: string | null;
}

const columns = `id, account_id as "accountId", created_at as "createdAt", expires_at as "expiresAt",
  last_used_at as "lastUsedAt", remote_address as "remoteAddress", user_agent as "userAgent"`;

const selectOne = statement<[id: string], SessionRow>(
  `select ${columns} from session where id = ?`,
);

/** One that was not ended; it may have expired. */
export async function findSession(
  tx: Pick<ReadTransaction, 'first'>,
  id: string,
): Promise<StoredSession | undefined> {
  const row = await tx.first(selectOne, id);
  return row && toSession(row);
}

const selectOfAccount = statement<[accountId: number, now: Instant], SessionRow>(
  `select ${columns} from session where account_id = ? and expires_at > ?
   order by created_at desc, id`,
);

/** Those that have not expired, newest first. */
export async function listSessions(
  tx: Pick<ReadTransaction, 'all'>,
  { accountId, now }: { readonly accountId: number; readonly now: Instant },
): Promise<readonly StoredSession[]> {
  return (await tx.all(selectOfAccount, accountId, now)).map(toSession);
}

export async function insertSession(tx: WriteTransaction, session: StoredSession): Promise<void> {
  await tx
    .tables<CredentialsTables>()
    .insertInto('session')
    .values({
      id: session.id,
      account_id: session.accountId,
      created_at: session.createdAt,
      expires_at: session.expiresAt,
      last_used_at: session.lastUsedAt,
      remote_address: session.remoteAddress ?? null,
      user_agent: session.userAgent ?? null,
    })
    .execute();
}

/** False when the account has no such session. */
export async function deleteSession(
  tx: WriteTransaction,
  { id, accountId }: { readonly id: string; readonly accountId: number },
): Promise<boolean> {
  const rows = await tx
    .tables<CredentialsTables>()
    .deleteFrom('session')
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .returning('id')
    .execute();
  return rows.length > 0;
}

/** Deletes all of an account but the kept one, if any is. Gives how many there were. */
export async function deleteOtherSessions(
  tx: WriteTransaction,
  { accountId, kept = '' }: { readonly accountId: number; readonly kept?: string | undefined },
): Promise<number> {
  const rows = await tx
    .tables<CredentialsTables>()
    .deleteFrom('session')
    .where('account_id', '=', accountId)
    .where('id', '<>', kept)
    .returning('id')
    .execute();
  return rows.length;
}

/** Leaves an account so many, those that were made last. */
export async function deleteOldestSessions(
  tx: WriteTransaction,
  { accountId, left }: { readonly accountId: number; readonly left: number },
): Promise<void> {
  const newest = tx
    .tables<CredentialsTables>()
    .selectFrom('session')
    .select('id')
    .where('account_id', '=', accountId)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(left);
  await tx
    .tables<CredentialsTables>()
    .deleteFrom('session')
    .where('account_id', '=', accountId)
    .where('id', 'not in', newest)
    .execute();
}

export async function deleteExpiredSessions(tx: WriteTransaction, now: Instant): Promise<void> {
  await tx
    .tables<CredentialsTables>()
    .deleteFrom('session')
    .where('expires_at', '<=', now)
    .execute();
}

/** Several servers note uses of one session: the latest stays. */
export async function noteSessionUse(
  tx: WriteTransaction,
  id: string,
  usedAt: Instant,
): Promise<void> {
  await tx
    .tables<CredentialsTables>()
    .updateTable('session')
    .set({ last_used_at: usedAt })
    .where('id', '=', id)
    .where('last_used_at', '<', usedAt)
    .execute();
}

function toSession({ remoteAddress, userAgent, ...row }: SessionRow): StoredSession {
  return {
    ...row,
    remoteAddress: remoteAddress ?? undefined,
    userAgent: userAgent ?? undefined,
  };
}
