import { createSlipwayClient, type SlipwayClient } from '#client';
import type { Clock } from '#kernel';
import { loadConfig } from '#platform/config';
import { freePort } from '#platform/http/testing';
import { RecordingLogger } from '#platform/telemetry/testing';
import { accountOperations } from '#protocol';
import type { Rooms } from '../create-rooms.ts';
import { startServer } from '../start-server.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { logIn, type Person, testPassword } from './test-people.ts';

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly rooms: Rooms;
  readonly logger: RecordingLogger;
  /** Makes builders of its bearers. */
  readonly builderToken: string;
  /** Owns what tests make. */
  readonly ada: Person;
  /** Somebody else. */
  readonly bob: Person;
  readonly administrator: Person;
  readonly anonymous: SlipwayClient;
}

export interface TestServerOptions {
  readonly clock?: Clock;
  /** A data folder to start on and to leave behind; without it, a fresh one. */
  readonly folder?: string;
  /** Further settings, as the environment would give them. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What it listens on, with brackets where it is IPv6; 127.0.0.1 by default. */
  readonly host?: string;
  /** What else is in the server's environment. */
  readonly surroundings?: Readonly<Record<string, string | undefined>>;
}

/** Password hashes that take no time: what they are worth is tested in identity. */
const cheapPasswords = { cost: { memoryKibibytes: 64, passes: 1, lanes: 1 } };
const builderToken = 'a-builder-token-for-tests-long-enough';

/**
 * A server as `slipway serve` composes it, in this process, on SQLite and a folder of its own, with
 * no builder. Gone without a trace when it is disposed of.
 */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  await using started = new AsyncDisposableStack();
  const folder = options.folder ?? started.use(await temporaryFolder()).path;
  const port = await freePort();
  const logger = new RecordingLogger();
  const server = started.use(
    await startServer({
      config: testConfig(folder, { host: options.host ?? '127.0.0.1', port }, options.environment),
      environment: options.surroundings ?? {},
      logger,
      passwords: cheapPasswords,
      ...(options.clock === undefined ? {} : { clock: options.clock }),
    }),
  );
  const url = server.publicUrl;
  const people = await makePeople(url);
  const kept = started.move();
  return {
    url,
    rooms: server.rooms,
    logger,
    builderToken,
    ...people,
    anonymous: createSlipwayClient({ serverUrl: url }),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

interface Address {
  readonly host: string;
  readonly port: number;
}

function testConfig(folder: string, { host, port }: Address, environment = {}) {
  return loadConfig({
    environment: {
      SLIPWAY_DATA: folder,
      SLIPWAY_LISTEN: `${host}:${port}`,
      SLIPWAY_BUILDER: 'false',
      SLIPWAY_BUILDER_TOKEN: builderToken,
      SLIPWAY_ADMIN_USERNAME: 'admin',
      SLIPWAY_ADMIN_PASSWORD: testPassword,
      ...environment,
    },
  });
}

async function makePeople(url: string) {
  const administrator = await logIn(url, 'admin');
  for (const username of ['ada', 'bob']) {
    const body = { username, password: testPassword };
    await administrator.client.call(accountOperations.createUser, { body }).catch(unlessThere);
  }
  return { administrator, ada: await logIn(url, 'ada'), bob: await logIn(url, 'bob') };
}

/** On a folder that was used before. */
function unlessThere(error: Error): void {
  if (!('code' in error) || error.code !== 'NAMESPACE_TAKEN') throw error;
}
