import { secretBoxErrors } from '#platform/crypto';
import type { WriteTransaction } from '#platform/db';
import { sourcesErrors } from '#sources';
import { type FinishReport, finishAttempt } from '../attempts/finish-attempt.ts';
import { type AttemptLease, type LeasedAttempt, leaseAttempt } from '../attempts/lease-attempt.ts';
import type { BuildsParts } from '../builds-options.ts';
import { openVariables } from '../configurations/build-variables.ts';
import { holdConnection } from './builder-connection-store.ts';
import type { BuilderGreeting } from './builder-orders.ts';
import { listHeldOver, settleAttempt } from './held-attempt-store.ts';

export interface ConnectedBuilder extends Pick<BuilderGreeting, 'name' | 'versions'> {
  readonly connectionId: number;
}

export type HandingParts = Pick<
  BuildsParts,
  'database' | 'queue' | 'clock' | 'ids' | 'publisher' | 'events' | 'secretBox' | 'sources'
>;

/**
 * The next attempt for a connected builder, as long as it has a place for it: one is free when the
 * sandbox that was in it is known to be gone. `closed` once the connection counts no more. A build that
 * lacks something no builder can do without fails, and the next is given instead.
 */
export async function handOut(
  parts: HandingParts,
  builder: ConnectedBuilder,
): Promise<LeasedAttempt | 'nothing' | 'closed'> {
  for (;;) {
    const lease = await parts.database.transact((tx) => leaseWithin(tx, parts, builder));
    if (typeof lease === 'string') return lease;
    const equipped = await equip(parts, lease);
    if (!('outcome' in equipped)) return equipped;
    await parts.database.transact((tx) => failAtOnce(tx, parts, lease.attemptId, equipped));
  }
}

async function leaseWithin(
  tx: WriteTransaction,
  parts: HandingParts,
  builder: ConnectedBuilder,
): Promise<AttemptLease | 'nothing' | 'closed'> {
  const connection = await holdConnection(tx, builder.connectionId);
  if (connection === undefined) return 'closed';
  const held = await listHeldOver(tx, builder.connectionId);
  if (held.length >= connection.slots) return 'nothing';
  return (await leaseAttempt(tx, parts, builder)) ?? 'nothing';
}

type Failure = Extract<FinishReport, { readonly outcome: 'failed' }>;

async function equip(
  { sources, secretBox }: HandingParts,
  { sealedVariables, ...lease }: AttemptLease,
): Promise<LeasedAttempt | Failure> {
  try {
    const opened = openVariables(secretBox, sealedVariables);
    const variables = Object.fromEntries(opened.map(({ name, value }) => [name, value]));
    return { ...lease, variables, clone: await sources.cloneAccess(lease.sourceId) };
  } catch (error) {
    if (sourcesErrors.is(error)) return cannotBegin('clone_failed', error.message);
    if (!secretBoxErrors.is(error)) throw error;
    return cannotBegin(
      'configuration',
      `a build variable can't be read: ${error.message}; else save the variables of this repository anew`,
    );
  }
}

function cannotBegin(reason: Failure['reason'], message: string): Failure {
  return { outcome: 'failed', reason, phase: 'clone', message };
}

/** No builder has seen it, so that nothing of it is left anywhere. */
async function failAtOnce(
  tx: WriteTransaction,
  parts: HandingParts,
  attemptId: string,
  failure: Failure,
): Promise<void> {
  await finishAttempt(tx, parts, attemptId, failure);
  await settleAttempt(tx, attemptId, parts.clock.now());
}
