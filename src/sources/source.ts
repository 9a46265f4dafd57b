import type { Instant, ProviderKind } from '#kernel';
import type { SourceId } from './ref-changes.ts';

/** What a source is known by. */
export interface SourceName {
  readonly provider: ProviderKind;
  /** The provider's own text: nobody but the provider reads anything out of it. */
  readonly name: string;
}

/** A linked git repository. */
export interface Source extends SourceName {
  readonly id: SourceId;
  /** Absent until a first branch was seen. */
  readonly defaultBranch: string | undefined;
  readonly createdAt: Instant;
}
