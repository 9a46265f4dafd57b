import type { Events } from '#platform/events';
import { type AttemptOf, createAttemptOf } from './attempts/attempt-of.ts';
import { type Attempts, createAttempts } from './attempts/attempts.ts';
import { retryBuild } from './attempts/retry-build.ts';
import { stopBuild } from './attempts/stop-build.ts';
import { createBuildQueue } from './build-queue.ts';
import { type Builders, createBuilders } from './builders/builders.ts';
import type { BuildsEvent, BuildsEvents } from './builds-events.ts';
import type { BuildsParts } from './builds-options.ts';
import { type Configurations, createConfigurations } from './configurations/configurations.ts';
import { createHistory, type History } from './history/history.ts';
import { createKeeper, type Keeper } from './keeper.ts';
import type { Build } from './lifecycle/build.ts';
import { type AttemptLogs, createAttemptLogs } from './logs/attempt-logs.ts';
import { createPlanner, type Planner } from './planning/planner.ts';
import { type StartedBuilds, type StartRequest, startBuilds } from './planning/start-builds.ts';

export interface BuildsOptions extends Omit<BuildsParts, 'queue' | 'events' | 'serverId'> {
  /** Of this server. */
  readonly events: Events;
}

/** Builds of people and pushes: what is planned, what runs, what became of it. */
export interface Builds {
  readonly configurations: Configurations;
  /** To be handed to `#sources`: pushes are planned in the transaction that learns of them. */
  readonly planner: Planner;
  readonly builders: Builders;
  readonly attempts: Attempts;
  /** May be what was so 4 seconds ago. */
  readonly attemptOf: AttemptOf;
  readonly logs: AttemptLogs;
  readonly history: History;
  readonly keeper: Keeper;
  readonly events: BuildsEvents;

  /**
   * Builds what a person asks for. Throws `CONFIGURATION_UNKNOWN`, `REF_UNKNOWN` and `QUEUE_FULL`.
   */
  start(request: StartRequest): Promise<StartedBuilds>;

  /**
   * Ends a waiting or running build, which can push nothing from then on. Throws `BUILD_UNKNOWN`,
   * and `BUILD_STATE` when it has ended.
   */
  cancel(buildId: number, canceledBy: string): Promise<Build>;

  /**
   * The same commit once more. Throws `BUILD_UNKNOWN`, `BUILD_STATE` before it has ended, and
   * `QUEUE_FULL`.
   */
  retry(buildId: number): Promise<Build>;
}

export function createBuilds(options: BuildsOptions): Builds {
  const events = options.events.topic<BuildsEvent>('builds');
  const serverId = options.ids.uuid();
  const parts: BuildsParts = { ...options, events, queue: createBuildQueue(), serverId };
  const { database } = parts;
  const attemptLogs = createAttemptLogs(parts);
  const attempts = createAttempts({ ...parts, attemptLogs });
  const planner = createPlanner(parts);
  return {
    configurations: createConfigurations(parts),
    planner,
    builders: createBuilders(parts),
    attempts,
    attemptOf: createAttemptOf(attempts, parts.clock),
    logs: attemptLogs,
    history: createHistory(parts),
    keeper: createKeeper({ ...parts, attemptLogs, planner }),
    events,
    start: (request) => startBuilds(parts, request),
    async cancel(buildId, canceledBy) {
      const message = `The build was canceled by ${canceledBy}.`;
      const stop = { reason: 'canceled_by', message } as const;
      const build = await database.transact((tx) => stopBuild(tx, parts, buildId, stop));
      await attemptLogs.closeOf(buildId);
      return build;
    },
    retry: (buildId) => database.transact((tx) => retryBuild(tx, parts, buildId)),
  };
}
