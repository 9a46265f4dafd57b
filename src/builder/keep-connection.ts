import { ApiError } from '#client';
import { type Clock, pauseAfter } from '#kernel';
import type { Logger } from '#platform/telemetry';
import { type ConnectionEvent, longestTroubleCharacters } from '#protocol';
import type { AttemptPool } from './attempt-pool.ts';
import type { Capacity } from './capacity.ts';
import type { ExecutorFacts } from './executor.ts';
import type { BuilderClient } from './server/builder-client.ts';

export interface BuilderConnectionOptions {
  readonly client: BuilderClient;
  readonly name: string;
  readonly capacity: Capacity;
  readonly facts: ExecutorFacts;
  readonly pool: AttemptPool;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Hears whenever the server has taken the builder. */
  readonly onWelcome: () => void;
  /** Ends the connection at once. */
  readonly stop: AbortSignal;
  /** Takes no more attempts, and ends the connection when those that run have ended. */
  readonly drain: AbortSignal;
}

/** The server gives attempts up after so long; their sandboxes are then of no use. */
const lossMilliseconds = 30_000;
/** Several within the half minute after which a server gives a silent builder up. */
const heartbeatMilliseconds = 5_000;
const pauses = { firstMilliseconds: 100, longestMilliseconds: 3_000 };

/**
 * Keeps a connection with the server open until told otherwise, and does what the server says. A broken
 * connection is opened again and claims the attempts that run; so is one of a builder whose capacity
 * changes, which the server learns that way. Throws `ApiError` when the server
 * refuses the builder's credential or name.
 */
export async function keepConnection(options: BuilderConnectionOptions): Promise<void> {
  const { stop, drain, pool, clock } = options;
  const watch = new LossWatch(options);
  let failures = 0;
  const onContact = () => {
    failures = 0;
    watch.contact();
  };
  try {
    while (!stop.aborted && !(drain.aborted && pool.attemptIds.length === 0)) {
      await followConnection(options, onContact);
      watch.silence();
      failures += 1;
      await clock.sleep(pauseAfter(failures, pauses), stop).catch(() => undefined);
    }
  } finally {
    watch.contact();
  }
}

/** One connection, from its opening to its end, however it ends. */
async function followConnection(
  options: BuilderConnectionOptions,
  onContact: () => void,
): Promise<void> {
  const { client, name, facts, pool, capacity, stop, drain, logger } = options;
  const isDraining = drain.aborted;
  const over = new AbortController();
  const news = [capacity.changed, isDraining ? pool.idleSignal() : drain];
  const signal = AbortSignal.any([stop, over.signal, ...news]);
  const { slots, troubles } = capacity.condition;
  const request = {
    name,
    slots: isDraining ? 0 : slots,
    troubles: troubles.map((trouble) => trouble.slice(0, longestTroubleCharacters)),
    ...mutable(facts),
    running: [...pool.attemptIds],
  };
  try {
    for await (const event of client.openConnection(request, signal)) {
      onContact();
      obey(event, pool, logger);
      if (event.type !== 'welcome') continue;
      options.onWelcome();
      void sendHeartbeats(options, event.connectionId, over);
    }
  } catch (error) {
    if (signal.aborted) return;
    if (isRefusal(error)) throw error;
    logger.warn({ error }, 'the connection with the server broke off; trying again');
  } finally {
    over.abort();
  }
}

/** Until the connection is over. One that the server has given up is ended, so that a new one is opened. */
async function sendHeartbeats(
  { client, pool, clock, logger }: BuilderConnectionOptions,
  connectionId: string,
  over: AbortController,
): Promise<void> {
  while (!over.signal.aborted) {
    await clock.sleep(heartbeatMilliseconds, over.signal).catch(() => undefined);
    const running = [...pool.attemptIds];
    try {
      if (!over.signal.aborted) await client.sendHeartbeat({ connectionId, running }, over.signal);
    } catch (error) {
      if (over.signal.aborted) return;
      logger.warn({ error }, 'the server did not take a sign of life');
      if (error instanceof ApiError && error.code === 'CONNECTION_CLOSED') over.abort();
    }
  }
}

function mutable({ platforms, versions }: ExecutorFacts) {
  return { platforms: [...platforms], versions: { ...versions } };
}

function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && error.status >= 400 && error.status < 500;
}

function obey(event: ConnectionEvent, pool: AttemptPool, logger: Logger): void {
  switch (event.type) {
    case 'welcome':
      return logger.info({ builder: event.builderId }, 'the server takes this builder');
    case 'assignment':
      return pool.start(event.assignment);
    case 'end':
      return pool.end(event.attemptId, event.reason);
    case 'ping':
      return;
  }
}

/** Throws all sandboxes away when the server has been silent for too long. */
class LossWatch {
  readonly #options: Pick<BuilderConnectionOptions, 'clock' | 'pool' | 'logger'>;
  #alarm: AbortController | undefined;

  constructor(options: Pick<BuilderConnectionOptions, 'clock' | 'pool' | 'logger'>) {
    this.#options = options;
  }

  contact(): void {
    this.#alarm?.abort();
    this.#alarm = undefined;
  }

  silence(): void {
    if (this.#alarm !== undefined) return;
    const { clock, pool, logger } = this.#options;
    this.#alarm = new AbortController();
    clock.sleep(lossMilliseconds, this.#alarm.signal).then(
      () => {
        logger.warn({ attempts: pool.attemptIds }, 'the server can not be reached; ending all');
        pool.endAll('the server could not be reached for 30 seconds');
      },
      () => undefined,
    );
  }
}
