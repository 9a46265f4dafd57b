import type { Clock } from '#kernel';
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

/**
 * What has to happen though nobody asks: time limits, lost builders, logs to be closed, builds that a
 * full queue refused. Every server runs one; they don't get in each other's way.
 */
export interface Keeper {
  /**
   * To be called at start, before anything else: builders could not be heard while no server was up,
   * so their attempts are not lost yet.
   */
  giveGrace(): Promise<void>;

  /** Does all that is due now. */
  tick(): Promise<void>;

  /** Ticks every second until the signal aborts. A tick that fails is told and tried again. */
  run(signal: AbortSignal, onError: (error: unknown) => void): Promise<void>;
}

export interface KeeperParts extends BuildsParts {
  readonly attemptLogs: AttemptLogs;
  readonly planner: Planner;
}

const tickMilliseconds = 1000;
/** How long a builder has to tell that a stopped attempt's sandbox is gone. */
const settleMilliseconds = 15_000;

export function createKeeper(parts: KeeperParts): Keeper {
  const tick = async () => {
    await giveUpSilent(parts);
    for (const attempt of await listAbandonedNow(parts)) await loseAbandoned(parts, attempt);
    await loseExpired(parts);
    await stopOverdue(parts);
    await settleSilent(parts);
    await parts.attemptLogs.close();
    await parts.planner.planDiscarded();
  };
  return {
    giveGrace: () => parts.database.transact((tx) => giveGrace(tx, parts)),
    tick,
    async run(signal, onError) {
      while (!signal.aborted) {
        await tick().catch(onError);
        await pause(parts.clock, signal);
      }
    },
  };
}

async function pause(clock: Clock, signal: AbortSignal): Promise<void> {
  await clock.sleep(tickMilliseconds, signal).catch(() => undefined);
}

async function loseExpired(parts: KeeperParts): Promise<void> {
  const { database, queue, clock } = parts;
  const expired = await database.read((tx) => queue.listExpired(tx, clock.now()));
  for (const lease of expired) {
    await database.transact((tx) => loseAttempt(tx, parts, lease));
  }
}

async function stopOverdue(parts: KeeperParts): Promise<void> {
  const { database, clock, limits } = parts;
  const limit = limits.timeLimitMilliseconds;
  const overdue = await database.read((tx) =>
    listBuildsSince(tx, 'in_progress', clock.now() - limit),
  );
  const message = `The build ran longer than the limit of ${describeDuration(limit)}.`;
  for (const { id } of overdue) {
    await database
      .transact((tx) => stopBuild(tx, parts, id, { reason: 'time_limit', message }))
      .catch(ignoreEnded);
  }
}

/** It ended by itself while we were about to stop it. */
function ignoreEnded(error: unknown): void {
  if (buildsErrors.is(error) && error.code === 'BUILD_STATE') return;
  throw error;
}

async function settleSilent(parts: KeeperParts): Promise<void> {
  const { database, clock } = parts;
  const latest = clock.now() - settleMilliseconds;
  const silent = await database.read((tx) => listBuildsSince(tx, 'canceling', latest));
  for (const { id } of silent) await database.transact((tx) => settleStopped(tx, parts, id));
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
