import { type Duty, type ItemDuty, itemDuty } from '#platform/schedule';
import { loseAttempt } from './attempts/lose-attempt.ts';
import { settleStopped, stopBuild } from './attempts/stop-build.ts';
import {
  giveGrace,
  giveUpSilent,
  listAbandonedNow,
  loseAbandoned,
} from './builders/builder-duties.ts';
import { buildsErrors } from './builds-errors.ts';
import type { BuildsParts } from './builds-options.ts';
import { listBuildsSince } from './lifecycle/build-store.ts';
import type { AttemptLogs } from './logs/attempt-logs.ts';
import type { Planner } from './planning/planner.ts';

/** What has to happen though nobody asks. */
export interface Keeper {
  /**
   * To be called at start, before anything else: builders could not be heard while no server was up,
   * so their attempts are not lost yet.
   */
  giveGrace(): Promise<void>;

  /**
   * Time limits, lost builders, logs to be closed, bytes that no log came to refer to, builds that a full queue refused: for the schedule
   * of every server; they don't get in each other's way.
   */
  readonly duties: readonly Duty[];
}

export interface KeeperParts extends BuildsParts {
  readonly attemptLogs: AttemptLogs;
  readonly planner: Planner;
}

const everyMilliseconds = 1000;
const strayMilliseconds = 60_000;
/** How long a builder has to tell that a stopped attempt's sandbox is gone. */
const settleMilliseconds = 15_000;
const tidyMilliseconds = 3_600_000;
const plannedAtOnce = 50;

export function createKeeper(parts: KeeperParts): Keeper {
  const each = <Item>(duty: TimedDuty<Item>) => itemDuty({ everyMilliseconds, ...duty }, parts);
  return {
    giveGrace: () => parts.database.transact((tx) => giveGrace(tx, parts)),
    duties: [
      { name: 'give up silent builders', everyMilliseconds, run: () => giveUpSilent(parts) },
      {
        name: 'forget turns of idle repositories',
        everyMilliseconds: tidyMilliseconds,
        run: () => parts.database.transact((tx) => parts.queue.forgetIdle(tx, parts.clock.now())),
      },
      each({
        name: 'lose what builders left',
        list: () => listAbandonedNow(parts),
        nameOf: ({ attemptId }) => `attempt ${attemptId}`,
        work: (attempt) => loseAbandoned(parts, attempt),
      }),
      each(expiry(parts)),
      each(timeLimit(parts)),
      each(settlement(parts)),
      each({
        name: 'close logs',
        list: () => parts.attemptLogs.listOpen(),
        nameOf: ({ attemptId }) => `attempt ${attemptId}`,
        work: (log) => parts.attemptLogs.close(log),
      }),
      each({
        name: 'remove bytes that no log refers to',
        everyMilliseconds: strayMilliseconds,
        list: () => parts.attemptLogs.listStrays(),
        nameOf: ({ key }) => key,
        work: (stray) => parts.attemptLogs.removeStray(stray),
      }),
      each({
        name: 'plan refs that a full queue refused',
        mostAtOnce: plannedAtOnce,
        list: () => parts.planner.listDiscarded(),
        nameOf: ({ repositoryId, ref }) => `${ref.type} ${ref.name} of repository ${repositoryId}`,
        work: (discarded) => parts.planner.planDiscarded(discarded),
      }),
    ],
  };
}

type TimedDuty<Item> = Omit<ItemDuty<Item>, 'everyMilliseconds'> &
  Partial<Pick<ItemDuty<Item>, 'everyMilliseconds'>>;

function expiry(
  parts: KeeperParts,
): TimedDuty<{ readonly jobId: number; readonly attempt: number }> {
  const { database, queue, clock } = parts;
  return {
    name: 'lose attempts whose lease is over',
    list: () => database.read((tx) => queue.listExpired(tx, clock.now())),
    nameOf: ({ jobId, attempt }) => `attempt ${attempt} of job ${jobId}`,
    work: async (lease) => {
      await database.transact((tx) => loseAttempt(tx, parts, lease));
    },
  };
}

function timeLimit(parts: KeeperParts): TimedDuty<{ readonly id: number }> {
  const { database, clock, limits } = parts;
  const limit = limits.timeLimitMilliseconds;
  const message = `The build ran longer than the limit of ${describeDuration(limit)}.`;
  return {
    name: 'stop builds at their time limit',
    list: () => database.read((tx) => listBuildsSince(tx, 'in_progress', clock.now() - limit)),
    nameOf: ({ id }) => `build ${id}`,
    work: async ({ id }) => {
      await database
        .transact((tx) => stopBuild(tx, parts, id, { reason: 'time_limit', message }))
        .catch(ignoreEnded);
    },
  };
}

/** It ended by itself while we were about to stop it. */
function ignoreEnded(error: unknown): void {
  if (buildsErrors.is(error) && error.code === 'BUILD_STATE') return;
  throw error;
}

function settlement(parts: KeeperParts): TimedDuty<{ readonly id: number }> {
  const { database, clock } = parts;
  return {
    name: 'settle stopped builds',
    list: () =>
      database.read((tx) => listBuildsSince(tx, 'canceling', clock.now() - settleMilliseconds)),
    nameOf: ({ id }) => `build ${id}`,
    work: ({ id }) => database.transact((tx) => settleStopped(tx, parts, id)),
  };
}

/** `4 h`, `90 s`, `2 h 30 min`: what is not there is left out. */
function describeDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 120) return `${seconds} s`;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const parts = [hours > 0 ? `${hours} h` : '', minutes > 0 ? `${minutes} min` : ''];
  return parts.filter((part) => part !== '').join(' ');
}
