import { type Role, roles } from '#kernel';
import { type ReadTransaction, statement, type WriteTransaction } from '#platform/db';
import type { AccountsTables } from './accounts-tables.ts';
import type { Namespace } from './namespace-store.ts';

/** Makes a person someone to whom something can be granted. Gives its number as a grantee. */
export async function insertPersonAsGrantee(
  tx: WriteTransaction,
  accountId: number,
): Promise<number> {
  const { id } = await tx
    .tables<AccountsTables>()
    .insertInto('grantee')
    .values({ kind: 'person', account_id: accountId })
    .returning('id')
    .executeTakeFirstOrThrow();
  await tx
    .tables<AccountsTables>()
    .insertInto('grantee_member')
    .values({ grantee_id: id, member_id: id })
    .execute();
  return id;
}

export async function insertNamespaceGrant(
  tx: WriteTransaction,
  grant: { readonly namespaceId: number; readonly granteeId: number; readonly role: Role },
): Promise<void> {
  await tx
    .tables<AccountsTables>()
    .insertInto('namespace_grant')
    .values({
      namespace_id: grant.namespaceId,
      grantee_id: grant.granteeId,
      role: grant.role,
    })
    .execute();
}

/** Its place among the roles, which databases can compare. */
export function rankOf(role: Role): number {
  return roles.indexOf(role) + 1;
}

const ranks = roles.map((role) => `when '${role}' then ${rankOf(role)}`).join(' ');

/** Where a table of grants, of this room or of another, says what it is that was granted. */
export interface GrantedThing {
  /** Has the columns `grantee_id` and `role`. */
  readonly table: string;
  readonly column: string;
  /** What the column has to equal: a column of the query around it. */
  readonly equals: string;
}

/**
 * SQL for the rank of the greatest role that grants of one table give somebody, by way of whatever they
 * are a member of. Takes one parameter: their number as a grantee.
 */
export function greatestRank({ table, column, equals }: GrantedThing): string {
  return `(select max(case granted.role ${ranks} end)
           from grantee_member membership cross join ${table} granted
           where membership.member_id = ? and granted.grantee_id = membership.grantee_id
             and granted.${column} = ${equals})`;
}

/** The greatest role of several ranks, those of no grant at all among them. */
export function roleOfRanks(...held: readonly (number | null)[]): Role | undefined {
  return roles[Math.max(...held.map((rank) => rank ?? 0)) - 1];
}

type NamespaceRow = Namespace & { readonly rank: number | null };

const selectNamespace = statement<[granteeId: number | null, name: string], NamespaceRow>(
  `select id, name, kind,
          ${greatestRank({ table: 'namespace_grant', column: 'namespace_id', equals: 'namespace.id' })} as rank
   from namespace where name = ?`,
);

/** A namespace as one grantee stands to it. */
export interface GrantedNamespace {
  readonly namespace: Namespace;
  /** `undefined`: no grant reaches them. */
  readonly granted: Role | undefined;
}

/** `granteeId` is null for who has no grants. */
export async function findGrantedNamespace(
  tx: Pick<ReadTransaction, 'first'>,
  granteeId: number | null,
  name: string,
): Promise<GrantedNamespace | undefined> {
  const row = await tx.first(selectNamespace, granteeId, name);
  if (row === undefined) return undefined;
  const { rank, ...namespace } = row;
  return { namespace, granted: roleOfRanks(rank) };
}
