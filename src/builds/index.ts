/**
 * builds: what a push means. Rules, planning with a verdict for each, the queue, states, attempts
 * with their fence, publishing in order, logs and history. Runs nothing itself: builders lease
 * attempts and report; the registry publishes through a port.
 */
export type { AttemptStanding } from './attempts/attempt-store.ts';
export type { Attempts } from './attempts/attempts.ts';
export { type AttemptFence, createAttemptFence } from './attempts/fence.ts';
export type { FinishReport } from './attempts/finish-attempt.ts';
export { type LeasedAttempt, leaseMilliseconds } from './attempts/lease-attempt.ts';
export type { Phase, PhaseReport } from './attempts/phase-store.ts';
export type { BuilderGreeting, BuilderOrder } from './builders/builder-orders.ts';
export type { Builders, ConnectionSignals } from './builders/builders.ts';
export type { Heartbeat } from './builders/hear-builder.ts';
export { type BuildsErrorCode, buildsErrors } from './builds-errors.ts';
export type { BuildsEvent, BuildsEvents } from './builds-events.ts';
export { buildsMigrations } from './builds-migrations.ts';
export type { BuildLimits, BuildSources } from './builds-options.ts';
export type {
  BuildConfiguration,
  BuildVariable,
  ConfigurationInput,
} from './configurations/configuration.ts';
export type { Configurations } from './configurations/configurations.ts';
export { type Builds, type BuildsOptions, createBuilds } from './create-builds.ts';
export type { AttemptReport, BuildReport, History, Waiting } from './history/history.ts';
export type { AttemptStage, BuildOrder, ImagePublisher, TagOutcome } from './image-publisher.ts';
export type { Keeper } from './keeper.ts';
export { type Attempt, type Build } from './lifecycle/build.ts';
export { isEnded } from './lifecycle/build-state-policy.ts';
export type { LogBatch } from './logs/append-log.ts';
export type { AttemptLogs } from './logs/attempt-logs.ts';
export type { FollowRequest } from './logs/follow-log.ts';
export type { LogLine, NumberedLine } from './logs/log-line.ts';
export type { LogPage, LogRange } from './logs/read-log.ts';
export type { Planner } from './planning/planner.ts';
export type { StartedBuilds, StartRequest } from './planning/start-builds.ts';
export type { Verdict } from './planning/verdict.ts';
export { type BuildRule, type RefName, type RuleText } from './rules/build-rule.ts';
export {
  type RuleTest,
  type RuleTestReport,
  type TestedRef,
  testRules,
} from './rules/test-rules.ts';
