import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sandbox, SandboxSpec } from '../../executor.ts';
import type { DockerExecutorOptions } from '../docker/docker-executor.ts';
import { dockerUnderTest } from './docker-under-test.ts';
import { type TranscribeOptions, type Transcript, transcribe } from './transcribe.ts';

export interface SandboxTestOptions
  extends Partial<Pick<SandboxSpec, 'limits' | 'network' | 'names'>> {
  readonly executor?: DockerExecutorOptions;
  /** What answers behind the gateway's socket; without it everything is 404. */
  readonly gateway?: RequestListener;
}

export interface SandboxUnderTest extends AsyncDisposable {
  readonly sandbox: Sandbox;
  /** The name of its container on the host's engine. */
  readonly container: string;
  /** Runs a line of bash that stops at the first failure. */
  bash(line: string, options?: TranscribeOptions): Promise<Transcript>;
}

const never = new AbortController().signal;

/** A sandbox with a ready engine and a gateway, for tests against the real Docker Engine. */
export async function openSandboxUnderTest(
  options: SandboxTestOptions = {},
): Promise<SandboxUnderTest> {
  await using parts = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'slipway-gateway-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  const gateway = await listen(folder, options.gateway ?? notFound);
  parts.defer(() => stop(gateway));
  const subject = dockerUnderTest(options.executor);
  parts.defer(() => subject.close());
  const spec = specOf(folder, options);
  const sandbox = parts.use(await subject.executor.open(spec, never));
  await sandbox.ready(never);
  const whole = parts.move();
  return {
    sandbox,
    container: `slipway-${spec.id}`,
    bash: (line, more) => transcribe(sandbox, ['bash', '-e', '-o', 'pipefail', '-c', line], more),
    [Symbol.asyncDispose]: () => whole.disposeAsync(),
  };
}

function stop(gateway: Server): void {
  gateway.closeAllConnections();
  gateway.close();
}

const notFound: RequestListener = (_, response) => {
  response.writeHead(404).end();
};

async function listen(folder: string, listener: RequestListener): Promise<Server> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(join(folder, 'gateway.sock'), resolve));
  return server;
}

function specOf(gatewayFolder: string, options: SandboxTestOptions): SandboxSpec {
  return {
    id: `test-${crypto.randomUUID().slice(0, 8)}`,
    owner: 'slipway-tests',
    gatewayFolder,
    limits: options.limits ?? {
      cpus: 2,
      memoryBytes: 2_000_000_000,
      processes: 4_096,
      diskBytes: 10_000_000_000,
    },
    network: options.network ?? { allow: [] },
    names: options.names ?? { publicHost: 'localhost:5000', publicScheme: 'http', aliases: [] },
  };
}
