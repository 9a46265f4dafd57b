import type { AutotestMode, Instant, RepositoryName } from '#kernel';
import type { SourceId } from '#sources';
import type { BuildRule, RuleText } from '../rules/build-rule.ts';

/** How a repository is built. */
export interface BuildConfiguration {
  readonly repositoryId: number;
  readonly repositoryName: RepositoryName;
  readonly sourceId: SourceId;
  readonly autotest: AutotestMode;
  /** Counts changes: the same commit may be built again under another configuration. */
  readonly version: number;
  /** In the order in which they were written. */
  readonly rules: readonly BuildRule[];
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

export interface BuildVariable {
  readonly name: string;
  readonly value: string;
}

export interface ConfigurationInput {
  readonly repositoryId: number;
  readonly repositoryName: RepositoryName;
  readonly sourceId: SourceId;
  /** What a first configuration without rules builds; `main` where it is not known yet. */
  readonly defaultBranch?: string | undefined;
  readonly autotest: AutotestMode;
  /** Absent: the stored rules stay, or the default rule is made. */
  readonly rules?: readonly RuleText[];
  /** All of them. One without a value keeps the stored value. */
  readonly variables: readonly { readonly name: string; readonly value?: string | undefined }[];
}
