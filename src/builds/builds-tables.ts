import type { Generated } from 'kysely';
import type {
  AttemptState,
  AutotestMode,
  BuildCause,
  BuildState,
  PhaseName,
  RefType,
  TagOutcomeWord,
  VerdictOutcome,
} from '#kernel';

/** The tables of this room, as Kysely sees them. Flags are 0 or 1. */
export interface BuildsTables {
  build_configuration: BuildConfigurationTable;
  build_rule: BuildRuleTable;
  build_rule_number: BuildRuleNumberTable;
  build_variable: BuildVariableTable;
  build: BuildTable;
  builder_connection: BuilderConnectionTable;
  attempt: AttemptTable;
  attempt_phase: AttemptPhaseTable;
  published_tag: PublishedTagTable;
  verdict: VerdictTable;
  discarded_ref: DiscardedRefTable;
  push_plan: PushPlanTable;
  log_segment: LogSegmentTable;
  log_tail: LogTailTable;
  log_stray: LogStrayTable;
}

interface BuildConfigurationTable {
  readonly repository_id: number;
  readonly source_id: number;
  readonly autotest: AutotestMode;
  /** Counts changes: the same commit is built again under another configuration. */
  readonly version: number;
  readonly created_at: number;
  readonly updated_at: number;
}

/** The newest number that a rule of the repository was given; it outlives rules and configuration. */
interface BuildRuleNumberTable {
  readonly repository_id: number;
  readonly last: number;
}

interface BuildRuleTable {
  readonly repository_id: number;
  readonly number: number;
  readonly position: number;
  readonly source_type: RefType;
  readonly source: string;
  readonly docker_tags: string;
  readonly build_context: string;
  readonly dockerfile: string;
  readonly autobuild: number;
  readonly caching: number;
}

interface BuildVariableTable {
  readonly repository_id: number;
  readonly name: string;
  readonly sealed_value: string;
}

export interface BuildTable {
  readonly id: Generated<number>;
  readonly job_id: number;
  readonly repository_id: number;
  readonly source_id: number;
  readonly configuration_version: number;
  readonly rule_number: number;
  /** The rule as it was when the build was planned: JSON of `RuleText`. */
  readonly rule: string;
  readonly ref_type: RefType;
  readonly ref_name: string;
  readonly commit_id: string;
  readonly seq: number;
  /** A JSON array. */
  readonly tags: string;
  readonly push: number;
  readonly cause: BuildCause;
  readonly started_by: string | null;
  readonly state: BuildState;
  readonly reason: string | null;
  readonly message: string | null;
  /** How often an attempt was lost and the build queued again by itself. */
  readonly losses: number;
  readonly created_at: number;
  /** Of the newest attempt. */
  readonly started_at: number | null;
  readonly finished_at: number | null;
}

/** A builder's connection to a server. The one that is not closed, if any, is the builder's own. */
interface BuilderConnectionTable {
  readonly id: Generated<number>;
  readonly builder: string;
  readonly server: string;
  readonly slots: number;
  readonly opened_at: number;
  /** When the builder itself last gave a sign of life. */
  readonly heard_at: number;
  readonly closed_at: number | null;
  /** Of what its builder names it by. */
  readonly key_digest: string | null;
}

export interface AttemptTable {
  readonly id: string;
  readonly build_id: number;
  /** The attempt of the build's job: the fence. */
  readonly number: number;
  readonly builder: string;
  readonly token_digest: string;
  /** A JSON object: what the builder said about its tools. */
  readonly versions: string;
  readonly state: AttemptState;
  readonly reason: string | null;
  readonly message: string | null;
  /** Where it failed. */
  readonly phase: string | null;
  readonly exit_code: number | null;
  readonly started_at: number;
  readonly ended_at: number | null;
  /** The connection that the builder holds it over, or held it over last. */
  readonly connection_id: number | null;
  /** When its sandbox was known to be gone: its place in the builder is free from then on. */
  readonly settled_at: number | null;
  readonly log_lines: number;
  readonly log_bytes: number;
  /** How many of these are in rows of `log_tail`. */
  readonly log_tail_bytes: Generated<number>;
  /** `open` while lines may come, then `complete`, and `merged` once no row holds any. */
  readonly log_state: 'open' | 'complete' | 'merged';
}

interface AttemptPhaseTable {
  readonly attempt_id: string;
  readonly name: PhaseName;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly exit_code: number | null;
}

interface PublishedTagTable {
  readonly attempt_id: string;
  readonly tag: string;
  readonly digest: string;
  readonly outcome: TagOutcomeWord;
  readonly message: string | null;
  readonly published_at: number;
}

interface VerdictTable {
  readonly id: Generated<number>;
  readonly delivery_id: number;
  readonly repository_id: number;
  readonly seq: number;
  readonly ref_type: RefType;
  readonly ref_name: string;
  readonly rule_number: number | null;
  readonly outcome: VerdictOutcome;
  readonly text: string;
  readonly build_id: number | null;
}

/** Refs whose builds a full queue refused; their newest heads are planned when there is room. */
interface DiscardedRefTable {
  readonly repository_id: number;
  readonly ref_type: RefType;
  readonly ref_name: string;
  readonly source_id: number;
  readonly delivery_id: number;
  readonly discarded_at: number;
}

/** How far a repository has come with planning what was pushed to its source, and what that push made. */
interface PushPlanTable {
  readonly source_id: number;
  readonly repository_id: number;
  readonly delivery_id: number;
  /** The change it came to. */
  readonly seq: number;
  /** The last rule that has decided about it; `null`: all have. */
  readonly rule_number: number | null;
  readonly has_matched: number;
  /** Builds that the delivery has made, those that wait for room among them. */
  readonly builds: number;
  readonly verdicts: number;
  /** It would have made more than it may. */
  readonly is_cut: number;
}

/** Lines of a log, from `first_line` on, in one blob. */
interface LogSegmentTable {
  readonly attempt_id: string;
  readonly first_line: number;
  readonly line_count: number;
  readonly blob_key: string;
}

/** Lines behind the last segment, as they came. */
interface LogTailTable {
  readonly attempt_id: string;
  readonly first_line: number;
  readonly line_count: number;
  readonly bytes: Uint8Array;
}

/** Blobs that are being written for a log, or were when somebody stopped. */
interface LogStrayTable {
  readonly blob_key: string;
  readonly named_at: number;
  /** No log may begin to refer to it any more: its bytes go. */
  readonly is_given_up: number;
}
