import { createHash } from 'node:crypto';
import { availableParallelism, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
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
    folder: socketFolder(name),
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

/** The same in the builder's next life, which clears what a killed one left; short, as sockets are. */
function socketFolder(name: string): string {
  return join(tmpdir(), `slipway-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`);
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
