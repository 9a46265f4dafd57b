import { type Decision, decideNowhere, decideOnSource, type Principal, reachOf } from '#access';
import { findGrantedNamespace } from '#accounts';
import { namespaceOf, type RepositoryName, type SourceAction } from '#kernel';
import type { Database, ReadTransaction, WriteTransaction } from '#platform/db';

/** A repository of the embedded git host, whose namespace says who may use it. */
export interface NamedSource {
  readonly name: RepositoryName;
  /** As what it is linked, if it is: attempts that build it may read it. */
  readonly sourceId?: number | undefined;
}

/** What the git host asks: whether somebody may use a repository of it, be it there already or not. */
export interface SourceRights {
  decide(principal: Principal, source: NamedSource, action: SourceAction): Promise<Decision>;
}

export function createSourceRights({ database }: { readonly database: Database }): SourceRights {
  return {
    decide: (principal, source, action) =>
      database.read((tx) => decideSource(tx, principal, source, action)),
  };
}

/** As `SourceRights` decide, inside the caller's transaction. In no namespace nobody may do anything. */
export async function decideSource(
  tx: ReadTransaction | WriteTransaction,
  principal: Principal,
  source: NamedSource,
  action: SourceAction,
): Promise<Decision> {
  const { granteeId } = reachOf(principal);
  const found = await findGrantedNamespace(tx, granteeId, namespaceOf(source.name));
  if (found === undefined) return decideNowhere(principal);
  return decideOnSource(principal, action, { ...source, granted: found.granted });
}
