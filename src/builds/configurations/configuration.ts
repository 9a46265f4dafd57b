import type { AutotestMode, Instant } from '#kernel';
import type { Source, SourceId, SourceName } from '#sources';
import type { BuildRule, RuleText } from '../rules/build-rule.ts';

/** How a repository is built. */
export interface BuildConfiguration {
  readonly repositoryId: number;
  readonly sourceId: SourceId;
  readonly autotest: AutotestMode;
  /** Counts changes: the same commit may be built again under another configuration. */
  readonly version: number;
  /** In the order in which they were written. */
  readonly rules: readonly BuildRule[];
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** A configuration as somebody sees it. */
export interface ShownConfiguration extends BuildConfiguration {
  readonly source: Source;
  /** In the order of their names. */
  readonly variables: readonly ShownVariable[];
}

export interface ShownVariable {
  readonly name: string;
  /** Absent for those who see names only. */
  readonly value?: string;
}

export interface ConfigurationInput {
  /** Absent: the stored one, or at first the git repository here that is called like the repository. */
  readonly source?: SourceName | undefined;
  readonly autotest: AutotestMode;
  /** Absent: the stored rules stay, or the default rule is made. */
  readonly rules?: readonly RuleText[] | undefined;
  /** All of them. One without a value keeps the stored value. */
  readonly variables: readonly VariableInput[];
  /**
   * The version that this changes, 0 where there was no configuration: another one is not overwritten.
   * Absent: whatever is there is replaced.
   */
  readonly version?: number | undefined;
}

export interface VariableInput {
  readonly name: string;
  readonly value?: string | undefined;
}
