import { type Clock, type Ids, systemClock } from '#kernel';
import { systemIds } from '#platform/crypto';
import type { Logger } from '#platform/telemetry';
import { type AttemptTools, runAttempt } from './attempt/run-attempt.ts';
import { AttemptPool } from './attempt-pool.ts';
import type { BuilderCondition } from './builder-condition.ts';
import { Capacity } from './capacity.ts';
import type { Executor, NetworkPolicy, SandboxLimits } from './executor.ts';
import { createUpstreamRegistry, type UpstreamRegistry } from './gateway/upstream-registry.ts';
import { HostWatch } from './host-watch.ts';
import { keepConnection } from './keep-connection.ts';
import type { BuilderClient } from './server/builder-client.ts';

export interface BuilderOptions {
  readonly client: BuilderClient;
  readonly executor: Executor;
  /** Stable over restarts; no two builders of a server share one. */
  readonly name: string;
  /** How many attempts run at once. */
  readonly slots: number;
  readonly logger: Logger;
  /** Ends everything at once: sandboxes are thrown away, and their attempts count as lost. */
  readonly signal: AbortSignal;
  /** Takes no more attempts, and ends when those that run have ended. */
  readonly drain?: AbortSignal;
  readonly limits?: SandboxLimits;
  readonly network?: NetworkPolicy;
  readonly upstream?: UpstreamRegistry;
  /** Hears how the builder is whenever a server has taken it, and whenever that changes. */
  readonly onCondition?: (condition: BuilderCondition) => void;
  readonly clock?: Clock;
  readonly ids?: Ids;
}

export const defaultSandboxLimits: SandboxLimits = {
  cpus: 2,
  memoryBytes: 4 * 1024 ** 3,
  processes: 4_096,
  diskBytes: 20e9,
};

/**
 * Works for a server until `signal` or `drain` says to stop, and leaves no sandbox behind that can be
 * removed. Sandboxes of an earlier life under the same name are removed first. While the engine is
 * away it takes no attempts, gives up those that it had, and goes on by itself when the engine is back. Throws `EXECUTOR_UNAVAILABLE` when the
 * host can't run builds, and `ApiError` when the server refuses the builder.
 */
export async function runBuilder(options: BuilderOptions): Promise<void> {
  const {
    client,
    executor,
    name,
    slots,
    logger,
    signal,
    drain = new AbortController().signal,
  } = options;
  const clock = options.clock ?? systemClock;
  const facts = await executor.prepare(
    (line) => logger.info({ line }, 'getting ready to build'),
    signal,
  );
  const capacity = new Capacity(slots);
  const host = new HostWatch({ executor, owner: name, capacity, clock, logger });
  await host.sweep();
  const tools = attemptTools(options, { clock, host });
  const { limits, network } = tools;
  logger.info(
    { executor: executor.kind, slots, limits, network },
    'ready to build, within these limits',
  );
  const tell = () => options.onCondition?.(capacity.condition);
  capacity.onChange(tell);
  const pool = new AttemptPool(
    slots,
    (assignment, ending) => runAttempt(assignment, tools, ending),
    (end) => {
      host.count();
      // A server that hears from its builder what that runs knows what it does not run any more.
      if (end === 'given_up') capacity.announce();
    },
  );
  const over = new AbortController();
  const watching = host.keep(AbortSignal.any([signal, over.signal]));
  try {
    const parts = { client, name, capacity, facts, pool, clock, logger, onWelcome: tell };
    await keepConnection({ ...parts, stop: signal, drain });
  } finally {
    over.abort();
    pool.endAll('the builder stops');
    await pool.settled();
    await watching;
  }
}

interface SharedParts {
  readonly clock: Clock;
  readonly host: HostWatch;
}

function attemptTools(options: BuilderOptions, { clock, host }: SharedParts): AttemptTools {
  const { client, executor, name, logger } = options;
  return {
    client,
    executor,
    host,
    owner: name,
    limits: options.limits ?? defaultSandboxLimits,
    network: options.network ?? { allow: [] },
    upstream: options.upstream ?? createUpstreamRegistry(clock),
    clock,
    ids: options.ids ?? systemIds,
    logger,
  };
}
