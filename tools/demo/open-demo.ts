import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Demo, Person } from './demo.ts';
import { DemoFailure } from './demo-failure.ts';
import type { Screen } from './screen.ts';

export interface OpenDemoOptions {
  readonly screen: Screen;
  readonly signal: AbortSignal;
  readonly port: number | undefined;
}

/** A demo with a folder, a port and passwords of its own, so that it can run beside another one. */
export async function openDemo({ screen, signal, ...options }: OpenDemoOptions): Promise<Demo> {
  const port = await takePort(options.port);
  const cleanUp = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'slipway-demo-'));
  cleanUp.defer(() => rm(folder, { recursive: true, force: true }));
  return {
    screen,
    signal,
    folder,
    cleanUp,
    port,
    administrator: person('admin'),
    user: person('demo'),
  };
}

function person(username: string): Person {
  return { username, password: randomBytes(12).toString('base64url') };
}

/** The port when it is free, or any free one. */
async function takePort(wanted: number | undefined): Promise<number> {
  const probe = createServer();
  try {
    const listening = once(probe, 'listening');
    probe.listen(wanted ?? 0, '127.0.0.1');
    await listening;
    return (probe.address() as AddressInfo).port;
  } catch (error) {
    throw new DemoFailure(
      `port ${wanted} can not be listened on: ${(error as Error).message}`,
      'choose another with --port, or leave it out',
      error,
    );
  } finally {
    probe.close();
  }
}
