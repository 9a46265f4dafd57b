import type { RepositoryName } from '#kernel';
import type { ReadTransaction, WriteTransaction } from '#platform/db';
import type { GitRepository } from './git-repository.ts';
import type { GithostTables } from './githost-tables.ts';

type AnyTransaction = ReadTransaction | WriteTransaction;

/** The repository of that name, stored unless it is there. */
export async function putRepository(
  tx: WriteTransaction,
  { name, createdAt }: Omit<GitRepository, 'id'>,
): Promise<GitRepository> {
  const row = await tx
    .tables<GithostTables>()
    .insertInto('git_repository')
    .values({ name, created_at: createdAt })
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

interface RepositoryRow {
  readonly id: number;
  readonly name: RepositoryName;
  readonly created_at: number;
}

function toRepository({ id, name, created_at: createdAt }: RepositoryRow): GitRepository {
  return { id, name, createdAt };
}
