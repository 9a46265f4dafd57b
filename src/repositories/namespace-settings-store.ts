import type { ReadTransaction, WriteTransaction } from '#platform/db';
import type { RepositoriesTables } from './repositories-tables.ts';

/** `undefined` for a namespace that leaves it to the server. */
export async function findDefaultPrivacy(
  tx: ReadTransaction | WriteTransaction,
  namespaceId: number,
): Promise<boolean | undefined> {
  const row = await tx
    .tables<RepositoriesTables>()
    .selectFrom('namespace_settings')
    .select('is_private_by_default')
    .where('namespace_id', '=', namespaceId)
    .executeTakeFirst();
  return row && row.is_private_by_default === 1;
}

export async function setDefaultPrivacy(
  tx: WriteTransaction,
  namespaceId: number,
  isPrivate: boolean,
): Promise<void> {
  const is_private_by_default = Number(isPrivate);
  await tx
    .tables<RepositoriesTables>()
    .insertInto('namespace_settings')
    .values({ namespace_id: namespaceId, is_private_by_default })
    .onConflict((conflict) =>
      conflict.column('namespace_id').doUpdateSet({ is_private_by_default }),
    )
    .execute();
}
