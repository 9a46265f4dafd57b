import { type Duty, Schedule, type ScheduleOptions } from '#platform/schedule';
import type { Rooms } from './create-rooms.ts';

export interface KeepingOptions extends ScheduleOptions {
  readonly rooms: Rooms;
}

const uploadsMilliseconds = 60_000;

/**
 * Starts what a server does though nobody asks: time limits and lost builders, sources looked at,
 * uploads that nobody went on with. Ends when it is disposed of.
 */
export function startKeeping({ rooms, ...options }: KeepingOptions): AsyncDisposable {
  const schedule = new Schedule(options);
  const { builds, credentials, sources } = rooms;
  schedule.add(...builds.keeper.duties, ...credentials.duties, ...sources.duties);
  schedule.add(uploadsDuty(rooms));
  schedule.start();
  return schedule;
}

function uploadsDuty({ registry }: Rooms): Duty {
  return {
    name: 'remove expired uploads',
    everyMilliseconds: uploadsMilliseconds,
    run: async () => {
      await registry.uploads.removeExpired();
    },
  };
}
