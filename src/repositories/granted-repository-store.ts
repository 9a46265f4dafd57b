import type { Reach } from '#access';
import { greatestRank, rankOf, roleOfRanks } from '#accounts';
import type { Role } from '#kernel';
import { type ReadTransaction, statement } from '#platform/db';
import {
  type Repository,
  type RepositoryRow,
  repositoriesWithSettings,
  repositoryColumns,
  toRepository,
} from './repository-store.ts';

/** How a repository is asked for: by the name that people know, or by the number that rows hold. */
export type RepositoryKey = { readonly name: string } | { readonly id: number };

/** A repository as one principal stands to it. */
export interface GrantedRepository {
  readonly repository: Repository;
  /** The most that grants of the repository and of its namespace give; `undefined`: none reaches it. */
  readonly granted: Role | undefined;
}

export interface GrantedRow extends RepositoryRow {
  readonly namespace_rank: number | null;
  readonly repository_rank: number | null;
  readonly build_rank: number | null;
}

type Grantee = number | null;

type ReachParameters = readonly [Grantee, Grantee, builtRepositoryId: number | null];

/** A repository's columns, with what `reachParameters` have there. */
export const grantedColumns = `${repositoryColumns},
  ${greatestRank({ table: 'namespace_grant', column: 'namespace_id', equals: 'repository.namespace_id' })} as namespace_rank,
  ${greatestRank({ table: 'repository_grant', column: 'repository_id', equals: 'repository.id' })} as repository_rank,
  (select ${rankOf('read')} from repository built
   where built.id = ? and built.namespace_id = repository.namespace_id) as build_rank`;

export function reachParameters({ granteeId, builtRepositoryId }: Reach): ReachParameters {
  return [granteeId, granteeId, builtRepositoryId];
}

const selectBy = <Key extends string | number>(column: 'name' | 'id') =>
  statement<[...ReachParameters, Key], GrantedRow>(
    `select ${grantedColumns}
     from ${repositoriesWithSettings}
     where repository.${column} = ? and repository.deleted_at is null`,
  );
const selectByName = selectBy<string>('name');
const selectById = selectBy<number>('id');

export async function findGrantedRepository(
  tx: Pick<ReadTransaction, 'first'>,
  reach: Reach,
  key: RepositoryKey,
): Promise<GrantedRepository | undefined> {
  const parameters = reachParameters(reach);
  const row =
    'name' in key
      ? await tx.first(selectByName, ...parameters, key.name)
      : await tx.first(selectById, ...parameters, key.id);
  return row && toGranted(row);
}

export function toGranted(row: GrantedRow): GrantedRepository {
  const granted = roleOfRanks(row.namespace_rank, row.repository_rank, row.build_rank);
  return { repository: toRepository(row), granted };
}
