import { registryServiceOf } from '#api';
import { type Builds, createBuilds } from '#builds';
import { createHub, type Hub } from '#hub';
import { createIdentity, type Identity, type IdentityOptions } from '#identity';
import { type Clock, createSecretBox, type Ids } from '#kernel';
import type { Config } from '#platform/config';
import type { Database } from '#platform/db';
import type { Logger } from '#platform/telemetry';
import { createRegistry, type Registry } from '#registry';
import { createSources, type Sources } from '#sources';
import { createFilesystemBlobStore } from '#storage';
import { attemptRules } from './attempt-rules.ts';
import type { DataFolder } from './data-folder.ts';
import { createImagePublisher } from './image-publisher.ts';
import type { InstallationSecrets } from './installation-secrets.ts';
import { repositoryRules } from './repository-rules.ts';

/** The domain of a server: what its edges speak to. */
export interface Rooms {
  readonly identity: Identity;
  readonly hub: Hub;
  readonly sources: Sources;
  readonly builds: Builds;
  readonly registry: Registry;
}

export interface RoomsOptions {
  readonly config: Pick<Config, 'buildMinutes' | 'concurrentBuilds' | 'pendingBuilds'>;
  readonly database: Database;
  readonly folder: DataFolder;
  readonly secrets: InstallationSecrets;
  readonly publicUrl: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly passwords?: IdentityOptions['passwords'] | undefined;
}

/**
 * Joins the rooms through their ports. Builds move the registry's tags and plan what sources learn,
 * and both ask builds back: the arrows that go both ways are closed here and nowhere else.
 */
export function createRooms(options: RoomsOptions): Rooms {
  const { database, folder, clock, ids, logger } = options;
  const blobs = createFilesystemBlobStore({ root: folder.blobs });
  const builds = createBuilds({
    database,
    clock,
    ids,
    logs: blobs,
    publisher: createImagePublisher(() => registry),
    secretBox: createSecretBox(options.secrets.encryptionKey),
    refs: { findRef: (sourceId, ref) => sources.findRef(sourceId, ref) },
    limits: buildLimits(options.config),
  });
  const sources = createSources({
    database,
    clock,
    folder: folder.git,
    listener: builds.planner,
    logger,
  });
  const registry = createRegistry({
    database,
    blobs,
    rules: [repositoryRules(clock), attemptRules(builds.pushRules)],
    clock,
    ids,
  });
  const hub = createHub({ database, clock, isPrivateByDefault: false });
  return { identity: identityOf(options), hub, sources, builds, registry };
}

function identityOf(options: RoomsOptions): Identity {
  const { database, clock, ids, secrets, publicUrl, passwords } = options;
  return createIdentity({
    database,
    clock,
    ids,
    signingKeys: [secrets.signingKey],
    issuer: publicUrl,
    registryService: registryServiceOf(publicUrl),
    ...(passwords === undefined ? {} : { passwords }),
  });
}

function buildLimits({ buildMinutes, concurrentBuilds, pendingBuilds }: RoomsOptions['config']) {
  return {
    concurrency: () => concurrentBuilds,
    pending: () => pendingBuilds,
    timeLimitMilliseconds: buildMinutes * 60_000,
  };
}
