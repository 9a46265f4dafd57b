import { hiddenNamespace, type Reach, type Sight } from '#access';
import { findGrantedNamespace } from '#accounts';
import {
  likeLiterally,
  type ReadTransaction,
  type SqlParameters,
  type SqlValue,
  statement,
} from '#platform/db';
import {
  type GrantedRepository,
  type GrantedRow,
  grantedColumns,
  reachParameters,
  toGranted,
} from './granted-repository-store.ts';
import { grantsIn, reachesGrantee } from './repository-list-store.ts';
import { repositoriesWithSettings } from './repository-store.ts';

/** What comes first: the last pushed, unless it is turned round, or names from A to Z. */
const orders = {
  name: 'repository.name',
  '-name': 'repository.name desc',
  last_updated: 'coalesce(repository.last_pushed_at, 0) desc, repository.id desc',
  '-last_updated': 'coalesce(repository.last_pushed_at, 0), repository.id',
} as const;

export interface NamespacePage {
  readonly namespace: string;
  /** Only those with this in their name, behind the namespace. */
  readonly nameContains?: string;
  readonly order: keyof typeof orders;
  readonly offset: number;
  readonly limit: number;
}

export interface FoundPage {
  readonly repositories: readonly GrantedRepository[];
  /** Of all pages together. */
  readonly count: number;
}

/** What somebody sees of one namespace, by number; nothing of a namespace that is not there. */
export async function pageOfNamespace(
  tx: Pick<ReadTransaction, 'all' | 'first'>,
  { sight, reach }: { readonly sight: Sight; readonly reach: Reach },
  page: NamespacePage,
): Promise<FoundPage> {
  const seen = await conditionOf(tx, sight, page);
  if (seen === undefined) return { repositories: [], count: 0 };
  const counted = await tx.first(
    statement<SqlParameters, { count: number }>(
      `select count(*) as count from repository where ${seen.text}`,
    ),
    ...seen.values,
  );
  const count = Number(counted?.count ?? 0);
  if (page.offset >= count) return { repositories: [], count };
  const rows = await tx.all(
    statement<SqlParameters, GrantedRow>(
      `select ${grantedColumns} from ${repositoriesWithSettings}
       where repository.id in (
         select id from repository where ${seen.text} order by ${orders[page.order]} limit ? offset ?)
       order by ${orders[page.order]}`,
    ),
    ...reachParameters(reach),
    ...seen.values,
    page.limit,
    page.offset,
  );
  return { repositories: rows.map(toGranted), count };
}

interface Condition {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

async function conditionOf(
  tx: Pick<ReadTransaction, 'first'>,
  sight: Sight,
  { namespace: name, nameContains = '' }: NamespacePage,
): Promise<Condition | undefined> {
  const granteeId = sight.seesAll ? null : sight.reach.granteeId;
  const found = await findGrantedNamespace(tx, granteeId, name);
  if (found === undefined || name === hiddenNamespace) return undefined;
  const { namespace, granted } = found;
  const parts = [
    { text: 'repository.namespace_id = ? and deleted_at is null', values: [namespace.id] },
    ...(sight.seesAll || granted !== undefined ? [] : [seenByItself(sight, namespace.id)]),
    ...(nameContains === '' ? [] : [named(name, nameContains)]),
  ];
  return {
    text: parts.map(({ text }) => text).join(' and '),
    values: parts.flatMap(({ values }) => values),
  };
}

/** Where the namespace as a whole is not granted: each way of seeing some of it through an index. */
function seenByItself(
  { seesPublic, reach }: Extract<Sight, { readonly seesAll: false }>,
  namespaceId: number,
): Condition {
  const isPublic = {
    text: `select id from repository
           where namespace_id = ? and is_private = 0 and deleted_at is null`,
    values: [namespaceId],
  };
  const isGranted = {
    text: `select granted.repository_id from ${grantsIn('repository_grant')} where ${reachesGrantee}`,
    values: [reach.granteeId],
  };
  const isBesideWhatIsBuilt = {
    text: `select beside.id from repository built
           join repository beside on beside.namespace_id = built.namespace_id
           where built.id = ?`,
    values: [reach.builtRepositoryId],
  };
  const ways = [...(seesPublic ? [isPublic] : []), isGranted, isBesideWhatIsBuilt];
  return {
    text: `repository.id in (${ways.map(({ text }) => text).join(' union ')})`,
    values: ways.flatMap(({ values }) => values),
  };
}

function named(namespace: string, part: string): Condition {
  return {
    text: String.raw`repository.name like ? escape '\'`,
    values: [`${likeLiterally(namespace)}/%${likeLiterally(part.toLowerCase())}%`],
  };
}
