import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '#platform/telemetry';
import { createFakeExecutor, type FakeExecutorOptions } from '../executors/fake/fake-executor.ts';
import { FakeHost } from '../executors/fake/fake-host.ts';
import { type BuilderOptions, runBuilder } from '../run-builder.ts';
import { createBuilderClient } from '../server/builder-client.ts';
import type { ProtocolServer } from './protocol-server.ts';

export interface RunningBuilder extends AsyncDisposable {
  readonly drain: AbortController;
  readonly stop: AbortController;
  /** Resolves when the builder has ended. */
  readonly ended: Promise<void>;
  /** What its sandboxes left in its folder. */
  leftovers(): Promise<readonly string[]>;
}

/** What the fake executor does wrong, and what it stands on. */
export type FakeOptions = Pick<FakeExecutorOptions, 'misbehaviour' | 'host'>;

/** A builder with the fake executor that works for a server of a test. */
export async function startBuilder(
  server: ProtocolServer,
  options: Partial<BuilderOptions> & FakeOptions = {},
): Promise<RunningBuilder> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-b-'));
  const { misbehaviour = {}, host = new FakeHost(), ...others } = options;
  const stateFolder = join(folder, 'sandboxes');
  const [stop, drain] = [new AbortController(), new AbortController()];
  const ended = runBuilder({
    client: createBuilderClient({ serverUrl: server.url, token: 'builder-token' }),
    executor: createFakeExecutor({ stateFolder, misbehaviour, host }),
    name: 'test-builder',
    slots: 2,
    logger: silentLogger,
    signal: stop.signal,
    drain: drain.signal,
    ...others,
  });
  return {
    stop,
    drain,
    ended,
    leftovers: () => readdir(join(stateFolder, 'test-builder')).catch(() => []),
    [Symbol.asyncDispose]: async () => {
      stop.abort(new Error('the test is over'));
      await ended.catch(() => undefined);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
