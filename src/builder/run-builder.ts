import { type Clock, type Ids, systemClock } from '#kernel';
import { systemIds } from '#platform/crypto';
import type { Logger } from '#platform/telemetry';
import { type AttemptTools, runAttempt } from './attempt/run-attempt.ts';
import { AttemptPool } from './attempt-pool.ts';
import type { BuilderCondition } from './builder-condition.ts';
import type { Executor, NetworkPolicy, SandboxLimits } from './executor.ts';
import { createUpstreamRegistry, type UpstreamRegistry } from './gateway/upstream-registry.ts';
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
 * Works for a server until `signal` or `drain` says to stop, and leaves no sandbox behind. Sandboxes
 * of an earlier life under the same name are removed first. Throws `EXECUTOR_UNAVAILABLE` when the
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
  const tools = attemptTools(options, clock);
  await removeOrphans(options);
  const { limits, network } = tools;
  logger.info(
    { executor: executor.kind, slots, limits, network },
    'ready to build, within these limits',
  );
  const onWelcome = () => options.onCondition?.({ slots, troubles: [] });
  const pool = new AttemptPool(slots, (assignment, ending) =>
    runAttempt(assignment, tools, ending),
  );
  try {
    const parts = { client, name, slots, facts, pool, clock, logger, onWelcome };
    await keepConnection({ ...parts, stop: signal, drain });
  } finally {
    pool.endAll('the builder stops');
    await pool.settled();
  }
}

async function removeOrphans({ executor, name, logger }: BuilderOptions): Promise<void> {
  const removed = await executor.removeOrphans(name);
  if (removed > 0)
    logger.info({ removed }, 'removed sandboxes that an earlier builder left behind');
}

function attemptTools(options: BuilderOptions, clock: Clock): AttemptTools {
  const { client, executor, name, logger } = options;
  return {
    client,
    executor,
    owner: name,
    limits: options.limits ?? defaultSandboxLimits,
    network: options.network ?? { allow: [] },
    upstream: options.upstream ?? createUpstreamRegistry(clock),
    clock,
    ids: options.ids ?? systemIds,
    logger,
  };
}
