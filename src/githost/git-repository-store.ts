import type { RepositoryName } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import type { GitRepository, GitRepositoryId } from './git-repository.ts';
import type { GithostTables } from './githost-tables.ts';

type AnyTransaction = ReadTransaction | WriteTransaction;

/** The repository of that name, stored unless it is there. */
export async function putRepository(
  tx: WriteTransaction,
  { name, createdAt }: Pick<GitRepository, 'name' | 'createdAt'>,
): Promise<GitRepository> {
  const row = await tx
    .tables<GithostTables>()
    .insertInto('git_repository')
    .values({ name, created_at: createdAt, known_refs: 0 })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ name }))
    .returningAll()
    .executeTakeFirstOrThrow();
  return toRepository(row);
}

export async function findRepository(
  tx: AnyTransaction,
  name: RepositoryName,
): Promise<GitRepository | undefined> {
  const row = await tx
    .tables<GithostTables>()
    .selectFrom('git_repository')
    .selectAll()
    .where('name', '=', name)
    .executeTakeFirst();
  return row && toRepository(row);
}

export async function keepKnownRefs(
  tx: WriteTransaction,
  id: GitRepositoryId,
  knownRefs: number,
): Promise<void> {
  await tx
    .tables<GithostTables>()
    .updateTable('git_repository')
    .set({ known_refs: knownRefs })
    .where('id', '=', id)
    .execute();
}

interface RepositoryRow {
  readonly id: number;
  readonly name: RepositoryName;
  readonly created_at: number;
  readonly known_refs: number;
}

function toRepository(row: RepositoryRow): GitRepository {
  const { id, name, created_at: createdAt, known_refs: knownRefs } = row;
  return { id, name, createdAt, knownRefs };
}
