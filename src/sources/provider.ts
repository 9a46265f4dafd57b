import type { ProviderKind, RefType } from '#kernel';
import type { Source } from './source.ts';

/**
 * Where sources live: the embedded git host, or somebody else's. Every method may be called for
 * several sources at once, and for one source by several servers at once.
 */
export interface Provider {
  readonly kind: ProviderKind;

  /**
   * Makes ready what the provider has to keep for a source. Called once its row is durable, and again
   * whenever a crash may have come between; what is ready stays as it is. Throws `GIT_FAILED` with the
   * program's own words.
   */
  link(source: Source): Promise<void>;

  /**
   * All branches and tags as they point now, and the default branch, which is `undefined` as long as
   * there is no branch. Refs that lead to no commit are left out. Throws `SOURCE_UNREADABLE`; then
   * nothing is known, and in particular not that refs are gone.
   */
  readRefs(source: Source): Promise<RefSnapshot>;
}

export interface RefSnapshot {
  readonly refs: readonly PointedRef[];
  readonly defaultBranch: string | undefined;
}

/** A ref and the commit it leads to. */
export interface PointedRef {
  readonly type: RefType;
  readonly name: string;
  readonly commit: string;
}
