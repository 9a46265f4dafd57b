import { setImmediate } from 'node:timers/promises';
import type { WriteTransaction } from '#platform/db';
import type { RunningJob } from '#platform/jobs';
import { closeReceived, type OpenDelivery } from '../delivery-store.ts';
import type { RefSnapshot } from '../provider.ts';
import { readRefs } from '../providers.ts';
import type { SourceId } from '../ref-changes.ts';
import { diffRefs, type FormerRef, type FoundChange } from '../ref-diff.ts';
import { changesPerStatement, listFormerRefs, recordChanges } from '../ref-log-store.ts';
import { keepDefaultBranch, requireSource } from '../source-store.ts';
import { answerableFor } from './answerable-policy.ts';
import { assertHeld } from './lease.ts';
import type { LookParts } from './look-parts.ts';

export interface Received {
  readonly sourceId: SourceId;
  /** All that were there when the look began; at least one. */
  readonly received: readonly OpenDelivery[];
}

/** Asks the provider for the refs and appends to the ref log what changed. Throws what that throws. */
export async function recordReceived(
  parts: LookParts,
  job: RunningJob,
  { sourceId, received }: Received,
): Promise<void> {
  const { database, providers } = parts;
  const source = await database.read((tx) => requireSource(tx, sourceId));
  // Nobody else records while we hold the lease, so what is known stays as it is.
  const former = await formerRefs(parts, sourceId);
  const snapshot = await readRefs(providers, source);
  const changes = await diffRefs(former, snapshot.refs);
  const look = { job, sourceId, snapshot, received };
  for (let first = 0; first < changes.length; first += changesPerStatement) {
    job.signal.throwIfAborted();
    const found = changes.slice(first, first + changesPerStatement);
    const isLast = first + found.length === changes.length;
    await database.transact((tx) => recordPart(tx, parts, { ...look, found, isLast }));
  }
  if (changes.length > 0) return;
  await database.transact((tx) => recordPart(tx, parts, { ...look, found: [], isLast: true }));
}

/** So many are read at once, for others to have their turn. */
const refsPerPage = 1_000;

async function formerRefs(
  { database }: LookParts,
  sourceId: SourceId,
): Promise<readonly FormerRef[]> {
  const former: FormerRef[] = [];
  for (let isMore = true; isMore; ) {
    const page = { after: former.at(-1), limit: refsPerPage };
    const refs = await database.read((tx) => listFormerRefs(tx, sourceId, page));
    former.push(...refs);
    isMore = refs.length === refsPerPage;
    await setImmediate();
  }
  return former;
}

interface LookPart extends Received {
  readonly job: RunningJob;
  readonly snapshot: RefSnapshot;
  readonly found: readonly FoundChange[];
  readonly isLast: boolean;
}

/** A look that breaks off between two parts has recorded the first, and the next one finds the rest. */
async function recordPart(
  tx: WriteTransaction,
  { queue, clock, hints }: LookParts,
  { job, sourceId, snapshot, received, found, isLast }: LookPart,
): Promise<void> {
  await assertHeld(tx, queue, job);
  const deliveryId = answerableFor(received).id;
  await recordChanges(tx, { sourceId, deliveryId, observedAt: clock.now(), found });
  if (!isLast) return;
  await keepDefaultBranch(tx, sourceId, snapshot.defaultBranch);
  await closeReceived(tx, received);
  hints.publish(tx, { sourceId });
}
