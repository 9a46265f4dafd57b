import { paged } from '#platform/schedule';
import type { BlobKey } from '#storage';
import type { BuildsParts } from '../builds-options.ts';
import {
  forgetStray,
  giveUpStray,
  listStrays,
  nameStray,
  type StraySegment,
} from './stray-segment-store.ts';

type StrayParts = Pick<BuildsParts, 'database' | 'logs' | 'clock'>;

/** Nobody writes a segment for so long; one who does finds it given up, and writes another. */
const abandonedAfterMilliseconds = 60 * 60 * 1000;
const straysPerPage = 100;

/** Makes it known that bytes will be written to this key. */
export function nameSegment({ database, clock }: StrayParts, key: BlobKey): Promise<void> {
  return database.transact((tx) => nameStray(tx, key, clock.now()));
}

/** Removes the bytes, unless a log refers to them. What a failure leaves is removed by the next call. */
export async function removeStray(parts: StrayParts, key: BlobKey): Promise<void> {
  const { database } = parts;
  if (await database.transact((tx) => giveUpStray(tx, key))) await removeSegment(parts, key);
}

/** Removes bytes that no log refers to, nor ever will. */
export async function removeSegment({ database, logs }: StrayParts, key: BlobKey): Promise<void> {
  await logs.discard(key);
  await database.transact((tx) => forgetStray(tx, key));
}

/** What a crash left, or a failure, or a commit that nobody heard the end of. */
export function listAbandoned({ database, clock }: StrayParts): AsyncIterable<StraySegment> {
  const namedUntil = clock.now() - abandonedAfterMilliseconds;
  return paged<StraySegment>((last) =>
    database.read((tx) =>
      listStrays(tx, namedUntil, { after: last?.key ?? '', limit: straysPerPage }),
    ),
  );
}
