import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningServer, startServer } from '#app';
import { createBuilderClient, createFakeExecutor, runBuilder } from '#builder';
import { loadConfig, type SettingName } from '#platform/config';
import { freePort } from '#platform/http/testing';
import { silentLogger } from '#platform/telemetry';
import { owner } from './people.ts';

export type Settings = Partial<Record<SettingName, string>>;

/** A whole Slipway on SQLite and a folder: a server and a builder that can be taken away and come back. */
export interface Installation extends AsyncDisposable {
  readonly serverUrl: string;
  /** Makes the server stop as SIGTERM does, and start again on the same folder and port. */
  restartServer(): Promise<void>;
  startBuilder(): void;
  /** The builder vanishes: it throws its sandboxes away and reports nothing. */
  stopBuilder(): Promise<void>;
}

export const builderToken = 'token-of-builders-under-test';
const slots = 3;

/** `fill` puts into the data folder what an earlier server left there. */
export async function openInstallation(
  settings: Settings = {},
  fill: (dataFolder: string) => Promise<void> = async () => undefined,
): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-s-'));
  await fill(join(folder, 'data'));
  const address = `127.0.0.1:${await freePort()}`;
  const serverUrl = `http://${address}`;
  let server = await openServer(folder, { listen: address, ...settings });
  let builder: AsyncDisposable | undefined;
  const stopBuilder = async () => {
    await builder?.[Symbol.asyncDispose]();
    builder = undefined;
  };
  return {
    serverUrl,
    restartServer: async () => {
      await server[Symbol.asyncDispose]();
      server = await openServer(folder, { listen: address, ...settings });
    },
    startBuilder: () => {
      builder = openBuilder(serverUrl, folder);
    },
    stopBuilder,
    [Symbol.asyncDispose]: async () => {
      await stopBuilder();
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function openServer(folder: string, settings: Settings): Promise<RunningServer> {
  const flags = {
    data: join(folder, 'data'),
    builder: 'false',
    builderToken,
    adminUsername: owner.username,
    adminPassword: owner.password,
    ...settings,
  };
  const config = loadConfig({ environment: {}, flags });
  return startServer({ config, environment: {}, logger: silentLogger });
}

function openBuilder(serverUrl: string, folder: string): AsyncDisposable {
  const stop = new AbortController();
  const ended = runBuilder({
    client: createBuilderClient({ serverUrl, token: builderToken }),
    executor: createFakeExecutor({ stateFolder: join(folder, 'sandboxes') }),
    name: 'scenario-builder',
    slots,
    logger: silentLogger,
    signal: stop.signal,
  });
  ended.catch(() => undefined); // told when the builder is taken away
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort(new Error('the builder is taken away'));
      await ended;
    },
  };
}
