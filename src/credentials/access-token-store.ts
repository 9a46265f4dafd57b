import type { Instant, TokenScope } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import type { CredentialsTables } from './credentials-tables.ts';

/** A personal access token as its owner sees it later: without its text, which nobody has kept. */
export interface AccessToken {
  readonly id: string;
  readonly accountId: number;
  readonly label: string;
  readonly scope: TokenScope;
  readonly createdAt: Instant;
  readonly expiresAt: Instant | undefined;
  readonly lastUsedAt: Instant | undefined;
  readonly revokedAt: Instant | undefined;
}

export type NewAccessToken = Omit<AccessToken, 'lastUsedAt' | 'revokedAt'> & {
  readonly digest: string;
};

export async function insertAccessToken(
  tx: WriteTransaction,
  token: NewAccessToken,
): Promise<void> {
  await tx
    .tables<CredentialsTables>()
    .insertInto('personal_access_token')
    .values({
      id: token.id,
      account_id: token.accountId,
      label: token.label,
      digest: token.digest,
      scope: token.scope,
      created_at: token.createdAt,
      expires_at: token.expiresAt ?? null,
      last_used_at: null,
      revoked_at: null,
    })
    .execute();
}

export async function findAccessToken(
  tx: ReadTransaction,
  by: { readonly id: string } | { readonly digest: string },
): Promise<AccessToken | undefined> {
  const [column, value] = 'id' in by ? (['id', by.id] as const) : (['digest', by.digest] as const);
  const row = await selectTokens(tx).where(column, '=', value).executeTakeFirst();
  return row && toToken(row);
}

/** Those that were not revoked, newest first. */
export async function listAccessTokens(
  tx: ReadTransaction,
  accountId: number,
): Promise<readonly AccessToken[]> {
  const rows = await selectTokens(tx)
    .where('account_id', '=', accountId)
    .where('revoked_at', 'is', null)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute();
  return rows.map(toToken);
}

export async function countAccessTokens(tx: WriteTransaction, accountId: number): Promise<number> {
  const { count } = await tx
    .tables<CredentialsTables>()
    .selectFrom('personal_access_token')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('account_id', '=', accountId)
    .where('revoked_at', 'is', null)
    .executeTakeFirstOrThrow();
  return count;
}

/** False when the account has no such token that is not revoked yet. */
export async function markRevoked(
  tx: WriteTransaction,
  token: { readonly id: string; readonly accountId: number; readonly at: Instant },
): Promise<boolean> {
  const rows = await tx
    .tables<CredentialsTables>()
    .updateTable('personal_access_token')
    .set({ revoked_at: token.at })
    .where('id', '=', token.id)
    .where('account_id', '=', token.accountId)
    .where('revoked_at', 'is', null)
    .returning('id')
    .execute();
  return rows.length > 0;
}

/** Several servers note uses of one token: the latest stays. */
export async function noteLastUse(
  tx: WriteTransaction,
  tokenId: string,
  usedAt: Instant,
): Promise<void> {
  await tx
    .tables<CredentialsTables>()
    .updateTable('personal_access_token')
    .set({ last_used_at: usedAt })
    .where('id', '=', tokenId)
    .where((row) => row.or([row('last_used_at', 'is', null), row('last_used_at', '<', usedAt)]))
    .execute();
}

function selectTokens(tx: ReadTransaction) {
  return tx
    .tables<CredentialsTables>()
    .selectFrom('personal_access_token')
    .select([
      'id',
      'account_id',
      'label',
      'scope',
      'created_at',
      'expires_at',
      'last_used_at',
      'revoked_at',
    ]);
}

type TokenRow = Awaited<ReturnType<ReturnType<typeof selectTokens>['executeTakeFirstOrThrow']>>;

function toToken(row: TokenRow): AccessToken {
  return {
    id: row.id,
    accountId: row.account_id,
    label: row.label,
    scope: row.scope,
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
    lastUsedAt: row.last_used_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
  };
}
