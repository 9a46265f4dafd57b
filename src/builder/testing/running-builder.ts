import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '#platform/telemetry';
import { createFakeExecutor } from '../executors/fake/fake-executor.ts';
import type { Misbehaviour } from '../executors/fake/misbehaviour.ts';
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

/** A builder with the fake executor that works for a server of a test. */
export async function startBuilder(
  server: ProtocolServer,
  options: Partial<BuilderOptions> & { readonly misbehaviour?: Misbehaviour } = {},
): Promise<RunningBuilder> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-b-'));
  const { misbehaviour = {}, ...others } = options;
  const [stop, drain] = [new AbortController(), new AbortController()];
  const ended = runBuilder({
    client: createBuilderClient({ serverUrl: server.url, token: 'builder-token' }),
    executor: createFakeExecutor({ stateFolder: join(folder, 'sandboxes'), misbehaviour }),
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
    leftovers: () => readdir(join(folder, 'sandboxes', 'test-builder')).catch(() => []),
    [Symbol.asyncDispose]: async () => {
      stop.abort(new Error('the test is over'));
      await ended.catch(() => undefined);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
