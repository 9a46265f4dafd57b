import type { ImmutabilityMode } from '#kernel';
import { statement, type WriteTransaction } from '#platform/db';
import type { Immutability } from './immutability.ts';
import type { RepositoriesTables } from './repositories-tables.ts';

export async function insertImmutability(
  tx: WriteTransaction,
  repositoryId: number,
  immutability: Immutability,
): Promise<void> {
  await tx
    .tables<RepositoriesTables>()
    .insertInto('tag_immutability')
    .values({ repository_id: repositoryId, ...toRow(immutability) })
    .execute();
}

const select = 'select mode, patterns from tag_immutability where repository_id = ?';
const selectInSqlite = statement<[id: number], Row>(select);
const selectAndLock = statement<[id: number], Row>(`${select} for share`);

/**
 * The settings of a live repository, which stay as they are until the transaction ends; `undefined`
 * when the repository is gone.
 */
export async function lockImmutability(
  tx: WriteTransaction,
  repositoryId: number,
): Promise<Immutability | undefined> {
  const row = await tx.first(
    tx.dialect === 'sqlite' ? selectInSqlite : selectAndLock,
    repositoryId,
  );
  return row && toImmutability(row);
}

export async function updateImmutability(
  tx: WriteTransaction,
  repositoryId: number,
  immutability: Immutability,
): Promise<void> {
  await tx
    .tables<RepositoriesTables>()
    .updateTable('tag_immutability')
    .set(toRow(immutability))
    .where('repository_id', '=', repositoryId)
    .execute();
}

export async function deleteImmutability(
  tx: WriteTransaction,
  repositoryId: number,
): Promise<void> {
  await tx
    .tables<RepositoriesTables>()
    .deleteFrom('tag_immutability')
    .where('repository_id', '=', repositoryId)
    .execute();
}

interface Row {
  readonly mode: ImmutabilityMode;
  readonly patterns: string;
}

function toRow({ mode, patterns }: Immutability): Row {
  return { mode, patterns: JSON.stringify(patterns) };
}

export function toImmutability({ mode, patterns }: Row): Immutability {
  return { mode, patterns: JSON.parse(patterns) as readonly string[] };
}
