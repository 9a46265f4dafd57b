import { hiddenNamespace, type Reach, type Sight } from '#access';
import {
  type DialectName,
  type ReadTransaction,
  type SqlParameters,
  type SqlValue,
  statement,
} from '#platform/db';
import {
  type Repository,
  type RepositoryRow,
  repositoriesWithSettings,
  repositoryColumns,
  toRepository,
} from './repository-store.ts';

export interface RepositoryPage {
  /** Only of this namespace. */
  readonly namespace?: string | undefined;
  /** Begin after this name. */
  readonly after: string;
  readonly limit: number;
}

/** What a principal sees, in the order of the names. */
export async function listRepositories(
  tx: Pick<ReadTransaction, 'dialect' | 'all'>,
  sight: Sight,
  page: RepositoryPage,
): Promise<readonly Repository[]> {
  const { text, values } = sight.seesAll ? selectAll(page) : selectSeen(tx.dialect, sight, page);
  const rows = await tx.all(statement<SqlParameters, RepositoryRow>(text), ...values);
  return rows.map(toRepository);
}

/** SQL with what its question marks stand for. */
interface Query {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

function selectAll(page: RepositoryPage): Query {
  return pageOf({ columns: repositoryColumns, from: repositoriesWithSettings, values: [] }, page);
}

/**
 * Each way of seeing a repository is a branch that finds the first of a page through an index of its
 * own. One condition on all rows would walk past whatever others keep private.
 */
function selectSeen(
  dialect: DialectName,
  { seesPublic, reach }: Extract<Sight, { readonly seesAll: false }>,
  page: RepositoryPage,
): Query {
  const branches = [...(seesPublic ? [publicOnes] : []), ...branchesWithin(dialect, reach, page)];
  const found = branches.map((branch) => pageOf({ columns: 'repository.id', ...branch }, page));
  const ids = found.map(({ text }, index) => `select id from (${text}) branch_${index}`);
  return {
    text: `select ${repositoryColumns} from ${repositoriesWithSettings}
           where repository.id in (${ids.join(' union ')})
           order by repository.name limit ?`,
    values: [...found.flatMap(({ values }) => values), page.limit],
  };
}

/** The tables of a branch, its condition, and what the question marks of both stand for. */
interface Branch {
  readonly from: string;
  readonly where?: string;
  readonly values: readonly SqlValue[];
}

const publicOnes: Branch = {
  from: 'repository',
  where: 'repository.is_private = 0',
  values: [],
};

function branchesWithin(
  dialect: DialectName,
  { granteeId, builtRepositoryId }: Reach,
  page: RepositoryPage,
): readonly Branch[] {
  const ofBuild = {
    from: 'repository',
    where: 'repository.namespace_id = (select namespace_id from repository where id = ?)',
    values: [builtRepositoryId],
  };
  if (builtRepositoryId !== null) return [ofBuild];
  if (granteeId === null) return [];
  const byRepository = {
    from: `${grantsIn('repository_grant')} cross join repository`,
    where: `${reachesGrantee} and repository.id = granted.repository_id`,
    values: [granteeId],
  };
  const { namespace } = page;
  return [
    byRepository,
    namespace === undefined
      ? byNamespaces(dialect, granteeId, page)
      : byOneNamespace(granteeId, namespace),
  ];
}

/** Of each granted namespace no more than a page; the databases say "of each" in ways of their own. */
function byNamespaces(dialect: DialectName, granteeId: number, page: RepositoryPage): Branch {
  const grants = grantsIn('namespace_grant');
  const columns = dialect === 'sqlite' ? 'repository.id' : 'repository.*';
  const where = 'repository.namespace_id = granted.namespace_id';
  const ofEach = pageOf({ columns, from: 'repository', where, values: [] }, page);
  return dialect === 'sqlite'
    ? {
        from: `${grants} cross join repository`,
        where: `${reachesGrantee} and repository.id in (${ofEach.text})`,
        values: [granteeId, ...ofEach.values],
      }
    : {
        from: `${grants} cross join lateral (${ofEach.text}) repository`,
        where: reachesGrantee,
        values: [...ofEach.values, granteeId],
      };
}

/** Of one namespace the rows come in order as they are, once it is known to be granted. */
function byOneNamespace(granteeId: number, namespace: string): Branch {
  return {
    from: 'repository',
    where: `exists (select 1 from ${grantsIn('namespace_grant')}
                    where ${reachesGrantee} and granted.namespace_id = ${namespaceOfName})`,
    values: [granteeId, namespace],
  };
}

/**
 * What of a table of grants reaches a grantee. SQLite takes crossed tables in the order in which they
 * stand: from the grantee on, who has few of them.
 */
export function grantsIn(table: string): string {
  return `grantee_member membership cross join ${table} granted`;
}

export const reachesGrantee =
  'membership.member_id = ? and granted.grantee_id = membership.grantee_id';

const namespaceOfName = '(select id from namespace where name = ?)';

/** The first live repositories of a branch that belong on the page. */
function pageOf(
  { columns, from, where = 'true', values }: Branch & { readonly columns: string },
  { namespace, after, limit }: RepositoryPage,
): Query {
  const ofNamespace =
    namespace === undefined ? 'true' : `repository.namespace_id = ${namespaceOfName}`;
  return {
    text: `select ${columns} from ${from}
           where ${where} and ${ofNamespace} and repository.name > ?
             and repository.deleted_at is null
             and repository.name not like '${hiddenNamespace}/%'
           order by repository.name limit ?`,
    values: [...values, ...(namespace === undefined ? [] : [namespace]), after, limit],
  };
}
