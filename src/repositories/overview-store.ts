import type { ReadTransaction, WriteTransaction } from '#platform/db';
import type { RepositoriesTables } from './repositories-tables.ts';

/** The page of a repository, in Markdown; empty for one that has none. */
export async function findOverview(tx: ReadTransaction, repositoryId: number): Promise<string> {
  const row = await tx
    .tables<RepositoriesTables>()
    .selectFrom('repository_overview')
    .select('text')
    .where('repository_id', '=', repositoryId)
    .executeTakeFirst();
  return row?.text ?? '';
}

export async function writeOverview(
  tx: WriteTransaction,
  repositoryId: number,
  text: string,
): Promise<void> {
  await tx
    .tables<RepositoriesTables>()
    .insertInto('repository_overview')
    .values({ repository_id: repositoryId, text })
    .onConflict((conflict) => conflict.column('repository_id').doUpdateSet({ text }))
    .execute();
}

export async function deleteOverview(tx: WriteTransaction, repositoryId: number): Promise<void> {
  await tx
    .tables<RepositoriesTables>()
    .deleteFrom('repository_overview')
    .where('repository_id', '=', repositoryId)
    .execute();
}
