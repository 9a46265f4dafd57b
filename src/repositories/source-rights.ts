import { type Decision, decideNowhere, decideOnSource, type Principal, reachOf } from '#access';
import { findGrantedNamespace } from '#accounts';
import { namespaceOf, type RepositoryName, type SourceAction } from '#kernel';
import type { Database } from '#platform/db';

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
    async decide(principal, source, action) {
      const { granteeId } = reachOf(principal);
      const namespaceName = namespaceOf(source.name);
      const found = await database.read((tx) => findGrantedNamespace(tx, granteeId, namespaceName));
      if (found === undefined) return decideNowhere(principal);
      return decideOnSource(principal, action, { ...source, granted: found.granted });
    },
  };
}
