import type { RequestListener } from 'node:http';
import type { GatewayNames, Sandbox, SandboxSpec } from '../../executor.ts';
import type { DockerExecutorOptions } from '../docker/docker-executor.ts';
import { dockerUnderTest } from './docker-under-test.ts';
import { testGateway } from './test-gateway.ts';
import { type TranscribeOptions, type Transcript, transcribe } from './transcribe.ts';

export interface SandboxTestOptions extends Partial<Pick<SandboxSpec, 'limits' | 'network'>> {
  readonly names?: GatewayNames;
  readonly executor?: DockerExecutorOptions;
  /** What answers in the gateway's place; without it everything is 404. */
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
  const subject = dockerUnderTest(options.executor);
  parts.defer(() => subject.close());
  const spec = specOf(options);
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

function specOf(options: SandboxTestOptions): SandboxSpec {
  return {
    id: `test-${crypto.randomUUID().slice(0, 8)}`,
    owner: 'slipway-tests',
    gateway: testGateway(options.gateway, options.names),
    limits: options.limits ?? {
      cpus: 2,
      memoryBytes: 2_000_000_000,
      processes: 4_096,
      diskBytes: 10_000_000_000,
    },
    network: options.network ?? { allow: [] },
  };
}
