/*
 * The closed vocabularies of automated builds, each declared here alone: what the wire says, what the
 * tables hold and what the program decides with are one list.
 */

/** Where a build stands. `canceling`: powerless already, and its sandbox is still being thrown away. */
export const buildStates = [
  'pending',
  'in_progress',
  'canceling',
  'success',
  'failed',
  'canceled',
] as const;
export type BuildState = (typeof buildStates)[number];

/** Where one try of a build stands. `lost`: its builder was. */
export const attemptStates = ['running', 'success', 'failed', 'canceled', 'lost'] as const;
export type AttemptState = (typeof attemptStates)[number];

/** What made a build: a push, a person, or a saved configuration that was to be built at once. */
export const buildCauses = ['delivery', 'manual', 'save'] as const;
export type BuildCause = (typeof buildCauses)[number];

/** Why an attempt was stopped from outside. */
export const stopReasons = ['canceled_by', 'time_limit'] as const;
export type StopReason = (typeof stopReasons)[number];

/** Why an attempt failed, for people's lists and for statistics. */
export const failureReasons = [
  'clone_failed',
  'configuration',
  'hook_failed',
  'build_failed',
  'test_failed',
  'push_failed',
  'publish_refused',
  'out_of_memory',
  'out_of_disk',
  'builder_failed',
] as const;
export type FailureReason = (typeof failureReasons)[number];

/** The phases of an attempt, in the order they run. */
export const phaseNames = [
  'clone',
  'post_checkout',
  'pre_build',
  'build',
  'post_build',
  'pre_test',
  'test',
  'post_test',
  'pre_push',
  'push',
  'publish',
  'post_push',
] as const;
export type PhaseName = (typeof phaseNames)[number];

/** What a command says, as it says it. */
export const outputStreams = ['stdout', 'stderr'] as const;
export type OutputStream = (typeof outputStreams)[number];

/** Where a line of a log comes from; `system`: from Slipway itself. */
export const logStreams = [...outputStreams, 'system'] as const;
export type LogStream = (typeof logStreams)[number];

/**
 * What became of a tag that was to be published. `outdated`: a newer build has set it, which is no
 * failure. `refused`: a rule such as immutability forbids the move.
 */
export const tagOutcomes = ['moved', 'outdated', 'refused'] as const;
export type TagOutcomeWord = (typeof tagOutcomes)[number];

/** Hub's autotest modes; pull requests come with the providers that have them. */
export const autotestModes = ['off', 'internal', 'internal_and_external'] as const;
export type AutotestMode = (typeof autotestModes)[number];

/** Why a rule did or did not build for a change of a ref. */
export const verdictOutcomes = [
  'build',
  'test',
  'no_match',
  'off',
  'deleted',
  'duplicate',
  'invalid_tag',
  'invalid_rule',
  'queue_full',
  'too_many',
  'failed',
] as const;
export type VerdictOutcome = (typeof verdictOutcomes)[number];

/** What a rule would do with a ref, as the rule tester says it. */
export const ruleTestOutcomes = ['builds', 'tests', 'nothing', 'invalid'] as const;
export type RuleTestOutcome = (typeof ruleTestOutcomes)[number];

/** What every rule has unless it says otherwise. */
export const ruleDefaults = {
  sourceType: 'branch',
  buildContext: '/',
  dockerfile: '/',
  autobuild: true,
  caching: true,
} as const;

/** What a build environment variable may be. */
export const buildVariableLimits = {
  nameForm: /^[A-Za-z_][A-Za-z0-9_]{0,127}$/,
  mostVariables: 100,
  largestValueBytes: 65_536,
  /** Of all names and values: Linux starts no program with more than some 2 MB of environment. */
  largestTotalBytes: 1_048_576,
} as const;

/**
 * What every build sets, so that nobody's own variable of such a name would be seen. `DOCKERFILE_PATH`
 * is set as well, and is the user's where the user sets it.
 */
export const reservedBuildVariables = [
  'SOURCE_TYPE',
  'SOURCE_BRANCH',
  'SOURCE_COMMIT',
  'GIT_SHA1',
  'COMMIT_MSG',
  'DOCKER_REPO',
  'DOCKER_TAG',
  'IMAGE_NAME',
  'BUILD_PATH',
  'BUILD_CODE',
  'CACHE_TAG',
] as const;
export type ReservedBuildVariable = (typeof reservedBuildVariables)[number];
