import { Waiter } from '#platform/schedule';
import type { BuildsParts } from '../builds-options.ts';
import { closeConnection } from './builder-connection-store.ts';
import type { BuilderGreeting, BuilderOrder } from './builder-orders.ts';
import { type ConnectedBuilder, handOut } from './hand-out.ts';
import { type Heartbeat, hearBuilder } from './hear-builder.ts';
import { listHeldOver } from './held-attempt-store.ts';
import { openConnection } from './open-connection.ts';

/**
 * Builders and whether they are alive. That is truth in rows: a builder may connect to any server, and
 * report to any other; only leases that nobody came back for are lost.
 */
export interface Builders {
  /**
   * Serves a builder: gives what it is told, until one of the signals aborts, or a newer connection of
   * the same name replaces this one. What it holds is lost some seconds after the end, unless it has
   * connected again by then, or it was `stopping` that ended it.
   */
  connect(greeting: BuilderGreeting, signals: ConnectionSignals): AsyncIterable<BuilderOrder>;

  /** Throws `CONNECTION_CLOSED`: the builder is to connect again. */
  hear(heartbeat: Heartbeat): Promise<void>;
}

export interface ConnectionSignals {
  /** The builder has gone. */
  readonly closed: AbortSignal;
  /** The server goes: builders look for another one and keep what they run. */
  readonly stopping: AbortSignal;
}

/** Other servers' changes are seen by asking, should their word not come through. */
const askMilliseconds = 1_000;
/** Builders take longer silence for a dead server. */
const pingMilliseconds = 5_000;

export function createBuilders(parts: BuildsParts): Builders {
  return {
    connect: (greeting, signals) => serve(parts, greeting, signals),
    hear: (heartbeat) => hearBuilder(parts, heartbeat),
  };
}

async function* serve(
  parts: BuildsParts,
  greeting: BuilderGreeting,
  { closed, stopping }: ConnectionSignals,
): AsyncGenerator<BuilderOrder, void> {
  const { database, clock } = parts;
  const { id, connectionId, strangers } = await openConnection(parts, greeting);
  const { name, versions } = greeting;
  try {
    yield { type: 'welcome', connectionId };
    for (const attemptId of strangers) {
      yield { type: 'end', attemptId, reason: 'it has ended meanwhile' };
    }
    const signal = AbortSignal.any([closed, stopping]);
    yield* giveOrders(parts, { name, versions, connectionId: id }, signal);
  } finally {
    if (!stopping.aborted) {
      await database.transact((tx) => closeConnection(tx, id, clock.now()));
    }
  }
}

async function* giveOrders(
  parts: BuildsParts,
  builder: ConnectedBuilder,
  signal: AbortSignal,
): AsyncGenerator<BuilderOrder, void> {
  const { clock } = parts;
  using changes = watchBuilder(parts, builder.name);
  const told = new Set<string>();
  let pingAt = clock.now();
  while (!signal.aborted) {
    yield* endsOf(parts, builder.connectionId, told);
    const next = await handOut(parts, builder);
    if (next === 'closed') return;
    if (next !== 'nothing') {
      yield { type: 'assignment', attempt: next };
      continue;
    }
    if (clock.now() >= pingAt) {
      yield { type: 'ping' };
      pingAt = clock.now() + pingMilliseconds;
    }
    await changes.come(askMilliseconds, signal);
  }
}

function watchBuilder({ clock, events }: BuildsParts, name: string): Waiter {
  return new Waiter(clock, (wake) =>
    events.on((event) => {
      const isOwn =
        (event.type === 'attempt-ended' || event.type === 'builder-changed') &&
        event.builder === name;
      if (isOwn || event.type === 'queue-changed') wake();
    }),
  );
}

/** What has ended and still lies in a sandbox of the builder, told once over each connection. */
async function* endsOf(
  { database }: BuildsParts,
  connectionId: number,
  told: Set<string>,
): AsyncGenerator<BuilderOrder, void> {
  const held = await database.read((tx) => listHeldOver(tx, connectionId));
  for (const { id, state, reason } of held) {
    if (state === 'running' || told.has(id)) continue;
    told.add(id);
    yield { type: 'end', attemptId: id, reason: reason ?? state };
  }
}
