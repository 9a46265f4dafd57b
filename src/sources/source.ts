import type { Instant, ProviderKind, RepositoryName } from '#kernel';
import type { SourceId } from './ref-changes.ts';

/** A linked git repository. */
export interface Source {
  readonly id: SourceId;
  readonly kind: ProviderKind;
  /** `namespace/name`; on the embedded host also where it is pushed to. */
  readonly name: RepositoryName;
  /** Absent until a first branch was seen. */
  readonly defaultBranch: string | undefined;
  readonly createdAt: Instant;
}
