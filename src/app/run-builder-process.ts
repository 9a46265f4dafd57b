import { availableParallelism, hostname } from 'node:os';
import {
  type BuilderCondition,
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
import { tellParent } from './child-words.ts';

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
  const { slots, isChild = false } = options;
  const config = await readConfiguration(slots === undefined ? {} : { builderSlots: slots });
  using signals = listenToProcess(process, { isChild });
  const tell = (condition: BuilderCondition) => tellParent(process, condition);
  try {
    await runBuilder({
      ...builderOptions(options, config),
      signal: signals.stop,
      drain: signals.drain,
      onCondition: (condition) => void tell(condition),
    });
  } catch (error) {
    await tell({ slots: 0, troubles: [error instanceof Error ? error.message : String(error)] });
    throw error;
  }
}

function builderOptions({ server, name = defaultName() }: BuilderProcessOptions, config: Config) {
  return {
    client: createBuilderClient({ serverUrl: server, token: credentialOf(config) }),
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
  };
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
