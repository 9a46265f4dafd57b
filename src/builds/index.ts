/**
 * builds: what a push means. Rules, planning with a verdict for each, the queue, states, attempts
 * with their fence, publishing in order, logs and history. Runs nothing itself: builders lease
 * attempts and report; the registry publishes through a port.
 */
export type { AttemptStanding } from './attempts/attempt-store.ts';
export type { Attempts } from './attempts/attempts.ts';
export { type AttemptFence, createAttemptFence } from './attempts/fence.ts';
export type { LeasedAttempt } from './attempts/lease-attempt.ts';
export type { BuilderGreeting, BuilderOrder } from './builders/builder-orders.ts';
export type { Builders, ConnectionSignals } from './builders/builders.ts';
export type { Heartbeat } from './builders/hear-builder.ts';
export { type BuildsErrorCode, buildsErrors } from './builds-errors.ts';
export { buildsMigrations } from './builds-migrations.ts';
export type { ShownConfiguration } from './configurations/configuration.ts';
export type { Configurations, SavedConfiguration } from './configurations/configurations.ts';
export { type Builds, type BuildsOptions, createBuilds } from './create-builds.ts';
export type { AttemptReport, BuildReport, ListedBuild } from './history/build-report.ts';
export type { BuildNews } from './history/follow-build.ts';
export type { DeliveryReport, History } from './history/history.ts';
export type { AttemptStage, ImagePublisher } from './image-publisher.ts';
export type { BuildLogs } from './logs/build-logs.ts';
export type { NumberedLine } from './logs/log-line.ts';
export type { BuildRule } from './rules/build-rule.ts';
export type { TestedRef } from './rules/test-rules.ts';
