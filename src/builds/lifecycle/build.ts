import type { AttemptState, BuildCause, BuildState, Instant, RefType } from '#kernel';
import type { SourceId } from '#sources';
import type { RuleText } from '../rules/build-rule.ts';

/** One run for one rule, ref and commit. */
export interface Build {
  readonly id: number;
  readonly jobId: number;
  readonly repositoryId: number;
  readonly sourceId: SourceId;
  /** The rule's number in its repository. */
  readonly ruleNumber: number;
  /** As it was when the build was planned. */
  readonly rule: RuleText;
  readonly ref: BuiltRef;
  readonly tags: readonly string[];
  /** False: built and tested, never pushed. */
  readonly push: boolean;
  readonly cause: BuildCause;
  readonly startedBy?: string;
  readonly state: BuildState;
  /** A code such as `time_limit`, `lost` or a builder's `test_failed`; a sentence goes with it. */
  readonly reason?: string;
  readonly message?: string;
  readonly losses: number;
  readonly createdAt: Instant;
  readonly startedAt?: Instant;
  readonly finishedAt?: Instant;
}

/** The ref and commit that are built, and the place in the ref log that decides what is newer. */
export interface BuiltRef {
  readonly type: RefType;
  readonly name: string;
  readonly commit: string;
  readonly seq: number;
}

/** One try of a build. */
export interface Attempt {
  /** `<build>-<number>`. */
  readonly id: string;
  readonly buildId: number;
  readonly number: number;
  readonly builder: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly state: AttemptState;
  readonly reason?: string;
  readonly message?: string;
  readonly phase?: string;
  readonly exitCode?: number;
  readonly startedAt: Instant;
  readonly endedAt?: Instant;
}
