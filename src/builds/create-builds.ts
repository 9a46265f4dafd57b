import type { Principal } from '#access';
import type { RepositoryName } from '#kernel';
import type { Events } from '#platform/events';
import { type AttemptOf, createAttemptOf } from './attempts/attempt-of.ts';
import { type Attempts, createAttempts } from './attempts/attempts.ts';
import { cancelBuild } from './attempts/cancel-build.ts';
import { retryBuild } from './attempts/retry-build.ts';
import { createBuildQueue } from './build-queue.ts';
import { type Builders, createBuilders } from './builders/builders.ts';
import type { BuildsEvent, BuildsEvents } from './builds-events.ts';
import type { BuildsParts } from './builds-options.ts';
import { type Configurations, createConfigurations } from './configurations/configurations.ts';
import type { ListedBuild } from './history/build-report.ts';
import { type BuildNews, type FollowRequest, followBuild } from './history/follow-build.ts';
import { createHistory, type History } from './history/history.ts';
import { createKeeper, type Keeper } from './keeper.ts';
import { createAttemptLogs } from './logs/attempt-logs.ts';
import { type BuildLogs, createBuildLogs } from './logs/build-logs.ts';
import { createPlanner, type Planner } from './planning/planner.ts';
import { type StartedBuilds, type StartRequest, startBuilds } from './planning/start-builds.ts';

export interface BuildsOptions extends Omit<BuildsParts, 'queue' | 'events' | 'serverId'> {
  /** Of this server. */
  readonly events: Events;
}

/**
 * Builds of people and pushes: what is planned, what runs, what became of it. What takes a principal
 * asks whether it may: it throws `REPOSITORY_UNKNOWN` or `BUILD_UNKNOWN` for what the principal may
 * not see, word for word as for what there is not, and `ACCESS_DENIED` for what it may not do.
 */
export interface Builds {
  readonly configurations: Configurations;
  /** To be handed to `#sources`: pushes are planned in the transaction that learns of them. */
  readonly planner: Planner;
  readonly builders: Builders;
  readonly attempts: Attempts;
  /** May be what was so 4 seconds ago. */
  readonly attemptOf: AttemptOf;
  readonly logs: BuildLogs;
  readonly history: History;
  readonly keeper: Keeper;
  readonly events: BuildsEvents;

  /** Builds what somebody asks for. Throws `CONFIGURATION_UNKNOWN`, `REF_UNKNOWN` and `QUEUE_FULL`. */
  start(
    principal: Principal,
    repository: RepositoryName,
    request: StartRequest,
  ): Promise<StartedBuilds>;

  /** Ends a waiting or running build, which can push nothing from then on. `BUILD_STATE` when it has ended. */
  cancel(principal: Principal, buildId: number): Promise<ListedBuild>;

  /** The same commit once more. Throws `BUILD_STATE` before the build has ended, and `QUEUE_FULL`. */
  retry(principal: Principal, buildId: number): Promise<ListedBuild>;

  /**
   * What happens to a build, until it has ended and every line was given, or the signal aborts: its
   * report whenever that changes, and the lines of one attempt after the other. Ends early for a
   * principal that may see it no more, or whose credential has lost its power. `ATTEMPT_UNKNOWN`, like all refusals, comes before anything is
   * given.
   */
  follow(
    principal: Principal,
    buildId: number,
    request: FollowRequest,
  ): Promise<AsyncIterable<BuildNews>>;
}

export function createBuilds(options: BuildsOptions): Builds {
  const events = options.events.topic<BuildsEvent>('builds');
  const serverId = options.ids.uuid();
  const parts: BuildsParts = { ...options, events, queue: createBuildQueue(), serverId };
  const attemptLogs = createAttemptLogs(parts);
  const attempts = createAttempts({ ...parts, attemptLogs });
  const planner = createPlanner(parts);
  return {
    configurations: createConfigurations(parts),
    planner,
    builders: createBuilders(parts),
    attempts,
    attemptOf: createAttemptOf(attempts, parts.clock),
    logs: createBuildLogs(parts),
    history: createHistory(parts),
    keeper: createKeeper({ ...parts, attemptLogs, planner }),
    events,
    start: (principal, name, request) => startBuilds(parts, { ...request, principal, name }),
    cancel: (principal, buildId) => cancelBuild(parts, principal, buildId),
    retry: (principal, buildId) =>
      parts.database.transact((tx) => retryBuild(tx, parts, { principal, buildId })),
    follow: (principal, buildId, request) => followBuild(parts, { ...request, principal, buildId }),
  };
}
