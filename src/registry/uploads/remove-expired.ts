import type { Clock, Ids } from '#kernel';
import type { Database } from '#platform/db';
import type { BlobStore } from '#storage';
import { leaseMilliseconds } from './claimed-session.ts';
import { keysOf } from './upload-sessions.ts';
import { claimExpiredUploads, deleteUpload, type UploadRow } from './upload-store.ts';

const stepUploads = 100;
const mostSteps = 50;
const removedAtOnce = 8;

export interface RemovingParts {
  readonly database: Database;
  readonly store: BlobStore;
  readonly clock: Clock;
  readonly ids: Ids;
}

/**
 * Drops bytes, then the rows that name them, a step after the other: what one call leaves is for the
 * next. Gives how many; throws an `AggregateError` of what could not be dropped after all others were.
 */
export async function removeExpired(parts: RemovingParts): Promise<number> {
  const failures: unknown[] = [];
  let removed = 0;
  for (let step = 0; step < mostSteps; step += 1) {
    const claimed = await removeSome(parts, failures);
    removed += claimed;
    if (claimed < stepUploads) break;
  }
  if (failures.length === 0) return removed;
  throw new AggregateError(failures, `${failures.length} uploads could not be removed`);
}

async function removeSome(
  { database, store, clock, ids }: RemovingParts,
  failures: unknown[],
): Promise<number> {
  const now = clock.now();
  const lease = { writer: ids.uuid(), until: now + leaseMilliseconds };
  const expired = await database.transact((tx) => claimExpiredUploads(tx, lease, now, stepUploads));
  const removed: UploadRow[] = [];
  const remaining = expired.values();
  const work = async () => {
    for (const upload of remaining) {
      try {
        for (const key of keysOf(upload)) await store.discard(key);
        removed.push(upload);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: removedAtOnce }, work));
  await database.transact(async (tx) => {
    for (const { id } of removed) await deleteUpload(tx, id, lease.writer);
  });
  return expired.length;
}
