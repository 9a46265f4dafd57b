import { secretBoxErrors } from '#platform/crypto';
import { databaseErrors, type WriteTransaction } from '#platform/db';
import type { LeasedJob } from '#platform/jobs';
import { sourcesErrors } from '#sources';
import { type FinishReport, finishAttempt } from '../attempts/finish-attempt.ts';
import {
  type AttemptLease,
  beginAttempt,
  type LeasedAttempt,
  leaseTurn,
} from '../attempts/lease-attempt.ts';
import { settleStopped } from '../attempts/stop-build.ts';
import type { BuildsParts } from '../builds-options.ts';
import { openVariables } from '../configurations/build-variables.ts';
import { holdConnection } from './builder-connection-store.ts';
import type { BuilderGreeting } from './builder-orders.ts';
import { listHeldOver, settleAttempt } from './held-attempt-store.ts';
import { setAttemptAside, setJobAside } from './set-aside.ts';

export interface ConnectedBuilder extends Pick<BuilderGreeting, 'name' | 'versions'> {
  readonly connectionId: number;
}

export type HandingParts = Pick<
  BuildsParts,
  | 'database'
  | 'queue'
  | 'clock'
  | 'ids'
  | 'publisher'
  | 'events'
  | 'secretBox'
  | 'sources'
  | 'logger'
>;

/**
 * The next attempt for a connected builder, as long as it has a place for it: one is free when the
 * sandbox that was in it is known to be gone. `closed` once the connection counts no more. A build that
 * lacks something no builder can do without fails; one that makes anything else throw is set aside.
 * Then the next is given instead.
 */
export async function handOut(
  parts: HandingParts,
  builder: ConnectedBuilder,
): Promise<LeasedAttempt | 'nothing' | 'closed'> {
  for (;;) {
    const turn = await takeTurn(parts, builder);
    if (turn === 'nothing' || turn === 'closed') return turn;
    const equipped = turn === 'set aside' ? undefined : await equipOrFail(parts, turn);
    if (equipped !== undefined) return equipped;
  }
}

interface Turn {
  readonly job: LeasedJob;
  readonly lease: AttemptLease;
}

/**
 * What throws before a job has its turn is no build's fault, and goes to the caller; nor is a database
 * that is away, or that may have kept the lease: the connection ends then, and who held it is found.
 */
async function takeTurn(
  parts: HandingParts,
  builder: ConnectedBuilder,
): Promise<Turn | 'nothing' | 'closed' | 'set aside'> {
  let job: LeasedJob | undefined;
  try {
    return await parts.database.transact(async (tx) => {
      const place = await placeOf(tx, builder);
      if (place !== 'free') return place;
      job = await leaseTurn(tx, parts, builder);
      if (job === undefined) return 'nothing';
      return { job, lease: await beginAttempt(tx, parts, { builder, job }) };
    });
  } catch (error) {
    if (job === undefined || databaseErrors.is(error)) throw error;
    await setJobAside(parts, job, error);
    return 'set aside';
  }
}

async function placeOf(
  tx: WriteTransaction,
  { connectionId }: ConnectedBuilder,
): Promise<'free' | 'nothing' | 'closed'> {
  const connection = await holdConnection(tx, connectionId);
  if (connection === undefined) return 'closed';
  const held = await listHeldOver(tx, connectionId);
  return held.length < connection.slots ? 'free' : 'nothing';
}

type Failure = Extract<FinishReport, { readonly outcome: 'failed' }>;

/** `undefined` for a build that will not run now, and says why. */
async function equipOrFail(
  parts: HandingParts,
  { job, lease }: Turn,
): Promise<LeasedAttempt | undefined> {
  try {
    return await equip(parts, lease);
  } catch (error) {
    const failure = whyItCannotBegin(error);
    if (failure === undefined) await setAttemptAside(parts, { ...job, ...lease }, error);
    else await parts.database.transact((tx) => failAtOnce(tx, parts, { job, lease }, failure));
    return undefined;
  }
}

async function equip(
  { sources, secretBox }: HandingParts,
  { sealedVariables, ...lease }: AttemptLease,
): Promise<LeasedAttempt> {
  const opened = openVariables(secretBox, sealedVariables);
  const variables = Object.fromEntries(opened.map(({ name, value }) => [name, value]));
  return { ...lease, variables, clone: await sources.cloneAccess(lease.sourceId) };
}

/** What would be so for every builder, and every time. */
function whyItCannotBegin(error: unknown): Failure | undefined {
  if (sourcesErrors.is(error)) return cannotBegin('clone_failed', error.message);
  if (!secretBoxErrors.is(error)) return undefined;
  return cannotBegin(
    'configuration',
    `a build variable can't be read: ${error.message}; else save the variables of this repository anew`,
  );
}

function cannotBegin(reason: Failure['reason'], message: string): Failure {
  return { outcome: 'failed', reason, phase: 'clone', message };
}

/** No builder has seen it, so that nothing of it is left anywhere. */
async function failAtOnce(
  tx: WriteTransaction,
  parts: HandingParts,
  { job, lease: { attemptId, buildId } }: Turn,
  failure: Failure,
): Promise<void> {
  await settleAttempt(tx, attemptId, parts.clock.now());
  const isOurs = await parts.queue.hold(tx, job, 'exclusive');
  if (isOurs) await finishAttempt(tx, parts, attemptId, failure);
  else await settleStopped(tx, parts, buildId);
}
