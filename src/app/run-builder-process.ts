import { availableParallelism, hostname } from 'node:os';
import {
  createBuilderClient,
  createDockerExecutor,
  createFakeExecutor,
  type Executor,
  listenToProcess,
  runBuilder,
} from '#builder';
import { defineErrors } from '#kernel';
import { type Config, readConfiguration, readEnvironment } from '#platform/config';
import { createLogger } from '#platform/telemetry';

const builderProcessErrors = defineErrors({
  BUILDER_CREDENTIAL_MISSING: 'a builder needs the credential that the server gives it',
});

export interface BuilderProcessOptions {
  /** The server's address. */
  readonly server: string;
  /** Stable over restarts; the host's name by default. */
  readonly name?: string;
  readonly slots?: string;
  /** Started by a server: ends when the server does. */
  readonly isChild?: boolean;
}

/** Runs a builder until it is told to end; then its sandboxes are gone. */
export async function runBuilderProcess(options: BuilderProcessOptions): Promise<void> {
  const { slots } = options;
  const config = await readConfiguration(slots === undefined ? {} : { builderSlots: slots });
  const signals = listenToProcess(process, { isChild: options.isChild === true });
  const name = options.name ?? defaultName();
  await runBuilder({
    client: createBuilderClient({ serverUrl: options.server, token: credentialOf(config) }),
    executor: executorOf(config),
    name,
    slots: config.builderSlots ?? Math.max(1, Math.floor(availableParallelism() / 2)),
    limits: {
      cpus: config.builderCpus,
      memoryBytes: config.builderMemory,
      processes: config.builderProcesses,
      diskBytes: config.builderDisk,
    },
    network: { allow: config.builderAllow },
    logger: createLogger(config.logLevel, process.stderr).child({ part: 'builder' }),
    signal: signals.stop,
    drain: signals.drain,
  });
}

function credentialOf({ builderToken }: Config): string {
  if (builderToken !== undefined) return builderToken;
  throw builderProcessErrors.fail(
    'BUILDER_CREDENTIAL_MISSING',
    'set SLIPWAY_BUILDER_TOKEN to the token that the server was started with',
  );
}

function executorOf({ builderExecutor, builderExtraCa }: Config): Executor {
  if (builderExecutor === 'fake') return createFakeExecutor();
  // What this program is told to trust, builds on this host need as well.
  const extraCaFile = builderExtraCa ?? readEnvironment()['NODE_EXTRA_CA_CERTS'];
  return createDockerExecutor(extraCaFile === undefined ? {} : { extraCaFile });
}

/** Letters, digits, `.`, `_` and `-` only, as the protocol wants it. */
function defaultName(): string {
  return (
    hostname()
      .replaceAll(/[^a-zA-Z0-9._-]/g, '-')
      .slice(0, 60) || 'builder'
  );
}
