import type { ProviderKind, RefType } from '#kernel';

/**
 * Where sources live: the embedded git host, or somebody else's. It knows a source by its name, which
 * is the provider's own text and means nothing to anybody else. Every method may be called for several
 * sources at once, and for one source by several servers at once.
 */
export interface Provider {
  readonly kind: ProviderKind;

  /** What it can do. Who needs something of it asks here, never for the kind. */
  readonly capabilities: ProviderCapabilities;

  /**
   * Makes ready what the provider has to keep for a source; what is ready stays as it is. Throws what
   * the provider says of a text that can be no name (`NAME_INVALID`), and `PROVIDER_FAILED` with its
   * own words; a later call goes on from there.
   */
  link(name: string): Promise<void>;
}

/** The parts are there or absent; the flags name what has no part yet, and are false till it has. */
export interface ProviderCapabilities {
  /**
   * All branches and tags as they point now, and the default branch, which is `undefined` as long as
   * there is no branch. Refs that lead to no commit are left out. Throws `SOURCE_UNREADABLE`; then
   * nothing is known, and in particular not that refs are gone.
   */
  readonly readRefs?: (name: string) => Promise<RefSnapshot>;

  /** What an attempt needs to clone the source. Throws `PROVIDER_FAILED`. */
  readonly cloneAccess?: (name: string) => Promise<CloneAccess>;

  /** Whether it tells of pushes by hooks whose sender can be proved. */
  readonly verifiesHooks: boolean;
  /** Whether it keeps the public half of a deploy key. */
  readonly keepsKeys: boolean;
  /** Whether it shows beside a commit how its build went. */
  readonly reportsStatus: boolean;
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

/** `gateway`: a path of this very server, which the builder's gateway lets an attempt reach. */
export interface CloneAccess {
  readonly kind: 'gateway';
  readonly path: string;
}
