import type { WriteTransaction } from '#platform/db';
import { leaseOf } from '../attempts/fence.ts';
import { leaseMilliseconds } from '../attempts/lease-attempt.ts';
import type { BuildsParts } from '../builds-options.ts';
import { replaceConnection } from './builder-connection-store.ts';
import type { BuilderGreeting } from './builder-orders.ts';
import { formatConnectionId, makeConnectionSecret, secretDigest } from './connection-key.ts';
import { type GivingParts, giveUpHeld } from './give-up-held.ts';
import { adoptAttempt, listHeldByBuilder } from './held-attempt-store.ts';

type OpeningParts = GivingParts & Pick<BuildsParts, 'serverId' | 'ids'>;

export interface OpenedConnection {
  readonly id: number;
  /** What the builder names it by. */
  readonly connectionId: string;
  /** What the builder claims to run and has no right to. */
  readonly strangers: readonly string[];
}

/**
 * The builder is here now, whatever server it was connected to before. What it still runs goes on
 * under this connection; what it was given and does not run is lost at once.
 */
export async function openConnection(
  parts: OpeningParts,
  greeting: BuilderGreeting,
): Promise<OpenedConnection> {
  const { database, ids } = parts;
  const secret = makeConnectionSecret(ids);
  const { id, adopted, missing } = await database.transact((tx) =>
    takeOver(tx, parts, { ...greeting, keyDigest: secretDigest(secret) }),
  );
  await giveUpHeld(parts, missing);
  const strangers = greeting.running.filter((attemptId) => !adopted.includes(attemptId));
  return { id, connectionId: formatConnectionId(id, secret), strangers };
}

async function takeOver(
  tx: WriteTransaction,
  { clock, queue, events, serverId }: OpeningParts,
  { name: builder, slots, running, keyDigest }: BuilderGreeting & { readonly keyDigest: string },
) {
  const openedAt = clock.now();
  const connection = { builder, server: serverId, slots, openedAt, keyDigest };
  const id = await replaceConnection(tx, connection);
  const held = (await listHeldByBuilder(tx, builder)).map((attempt) => attempt.id);
  const adopted = held.filter((attemptId) => running.includes(attemptId));
  for (const attemptId of adopted) {
    await adoptAttempt(tx, id, attemptId);
    const lease = await leaseOf(tx, attemptId);
    if (lease !== undefined) await queue.extend(tx, lease, openedAt + leaseMilliseconds);
  }
  events.publish(tx, { type: 'builder-changed', builder });
  return { id, adopted, missing: held.filter((attemptId) => !running.includes(attemptId)) };
}
