import { createHash } from 'node:crypto';
import type { CredentialsOptions } from '#credentials';
import { type Clock, type Ids, systemClock } from '#kernel';
import type { Config } from '#platform/config';
import { systemIds } from '#platform/crypto';
import type { Database } from '#platform/db';
import { Events } from '#platform/events';
import type { HttpServer } from '#platform/http';
import type { Logger } from '#platform/telemetry';
import { type ChildBuilder, startChildBuilder } from './child-builder.ts';
import { childEnvironment } from './child-environment.ts';
import { createEdges } from './create-edges.ts';
import { createRooms, type Rooms } from './create-rooms.ts';
import { type DataFolder, openDataFolder } from './data-folder.ts';
import { makeFirstAdministrator } from './first-administrator.ts';
import type { ReadinessReport } from './health.ts';
import {
  deriveSecrets,
  type InstallationSecrets,
  readOrMakeSecretKey,
} from './installation-secrets.ts';
import { startKeeping } from './keeping.ts';
import { listen } from './listen.ts';
import { openDatabase } from './open-database.ts';
import { ownHost, ownUrl } from './own-address.ts';
import { programVersion } from './program-version.ts';
import { publicAddress } from './public-address.ts';

export interface ServerOptions {
  readonly config: Config;
  /** What the child builder's own is taken from. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  readonly clock?: Clock;
  readonly ids?: Ids;
  /** How dear passwords are; see `CredentialsOptions`. */
  readonly passwords?: CredentialsOptions['passwords'];
}

/** A server that answers. Disposing of it drains it: requests under way end, then everything closes. */
export interface RunningServer extends AsyncDisposable {
  readonly port: number;
  readonly publicUrl: string;
  readonly rooms: Rooms;
}

const drainMilliseconds = 10_000;

/**
 * Starts a server as configured: data folder, database with its schema, rooms, edges, listener, and a
 * builder of its own. When it resolves, requests are answered.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  await using started = new AsyncDisposableStack();
  const { config, logger, clock = systemClock, ids = systemIds } = options;
  const folder = await openDataFolder(config.data);
  const secrets = deriveSecrets(config.secretKey ?? (await readOrMakeSecretKey(folder.secrets)));
  const database = started.use(await openDatabase(config, folder));
  const { url, warning } = publicAddress(config.publicUrl, config.listen);
  if (warning !== undefined) logger.warn({ publicUrl: url.origin }, warning);

  const events = started.use(new Events({ database, ids, clock, logger }));
  await events.connect();

  const common = { config, database, folder, secrets, publicUrl: url.origin, clock, ids, logger };
  const rooms = createRooms({ ...common, events, passwords: options.passwords });
  started.use(rooms.credentials);
  started.use(rooms.sources);
  await makeFirstAdministrator(rooms.credentials.registration, { config, logger });
  await rooms.builds.keeper.giveGrace();

  const [closing, stopping] = [new AbortController(), new AbortController()];
  const parts: { builder?: ChildBuilder } = {};
  const handler = createEdges({
    ...common,
    rooms,
    stopping: stopping.signal,
    version: await programVersion(),
    builderTokens: builderTokensOf(config, secrets),
    readiness: () =>
      readinessOf({ database, clock, closing: closing.signal, builder: parts.builder }),
    closing: closing.signal,
  });
  started.use(startKeeping({ rooms, clock, logger }));
  const http = started.use(
    await listen({ ...config.listen, trustedProxies: config.trustedProxies, handler, ids, logger }),
  );
  started.defer(async () => {
    stopping.abort();
    await http.drain(drainMilliseconds);
  });
  if (config.builder) {
    parts.builder = started.use(startBuilder(options, { http, secrets, folder, clock }));
  }
  const kept = started.move();
  return {
    port: http.port,
    publicUrl: url.origin,
    rooms,
    [Symbol.asyncDispose]: () => {
      // First of all: who balances load looks elsewhere while the builder says farewell.
      closing.abort(new Error('the server stops'));
      return kept.disposeAsync();
    },
  };
}

function builderTokensOf({ builderToken }: Config, secrets: InstallationSecrets) {
  return builderToken === undefined ? [secrets.builderToken] : [secrets.builderToken, builderToken];
}

interface ReadinessFacts {
  readonly database: Database;
  readonly clock: Clock;
  readonly closing: AbortSignal;
  readonly builder: ChildBuilder | undefined;
}

async function readinessOf(facts: ReadinessFacts): Promise<ReadinessReport> {
  const { closing, builder } = facts;
  const components = builder === undefined ? {} : { builder: builder.health() };
  if (closing.aborted) return { missing: 'the server stops', components };
  if (await answers(facts)) return { components };
  return { missing: 'the database does not answer', components };
}

/** Who balances load asks every few seconds, and waits no longer than this for an answer. */
const readinessMilliseconds = 3_000;

async function answers({ database, clock }: ReadinessFacts): Promise<boolean> {
  const answered = new AbortController();
  const tooLong = clock.sleep(readinessMilliseconds, answered.signal);
  const asked = database.read((tx) => tx.all({ text: 'select 1' }));
  const isFirst = await Promise.race([
    asked.then(
      () => true,
      () => false,
    ),
    tooLong.then(
      () => false,
      () => false,
    ),
  ]);
  answered.abort();
  return isFirst;
}

interface BuilderParts {
  readonly http: HttpServer;
  readonly secrets: InstallationSecrets;
  readonly folder: DataFolder;
  readonly clock: Clock;
}

function startBuilder(options: ServerOptions, parts: BuilderParts): ChildBuilder {
  const { config, environment, logger } = options;
  const { http, secrets, folder, clock } = parts;
  const { builderToken: token } = secrets;
  return startChildBuilder({
    serverUrl: ownUrl(http),
    name: builderName(folder),
    environment: childEnvironment({ config, environment, token, ownHost: ownHost(http) }),
    clock,
    logger,
  });
}

/** The same at every start of an installation, and no other installation's on this host. */
function builderName({ root }: DataFolder): string {
  return `embedded-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`;
}
