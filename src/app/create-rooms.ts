import { type Accounts, createAccounts } from '#accounts';
import { registryServiceOf } from '#api';
import { type Builds, createAttemptFence, createBuilds } from '#builds';
import { type Credentials, type CredentialsOptions, createCredentials } from '#credentials';
import { createGitHost, type GitHost } from '#githost';
import type { Clock, Ids } from '#kernel';
import type { Config } from '#platform/config';
import { createSecretBox } from '#platform/crypto';
import type { Database } from '#platform/db';
import type { Events } from '#platform/events';
import type { Logger } from '#platform/telemetry';
import { createRegistry, type Registry } from '#registry';
import { createRepositories, type Repositories } from '#repositories';
import { createSources, type Sources } from '#sources';
import { createFilesystemBlobStore } from '#storage';
import { attemptRules } from './attempt-rules.ts';
import type { DataFolder } from './data-folder.ts';
import { createEmbeddedProvider } from './embedded-provider.ts';
import { createImagePublisher } from './image-publisher.ts';
import type { InstallationSecrets } from './installation-secrets.ts';
import { repositoryRules } from './repository-rules.ts';

/** The domain of a server: what its edges speak to. */
export interface Rooms {
  readonly accounts: Accounts;
  readonly credentials: Credentials;
  readonly repositories: Repositories;
  readonly gitHost: GitHost;
  readonly sources: Sources;
  readonly builds: Builds;
  readonly registry: Registry;
}

export interface RoomsOptions {
  readonly config: Pick<
    Config,
    | 'buildMinutes'
    | 'buildsPerPush'
    | 'concurrentBuilds'
    | 'pendingBuilds'
    | 'uploadsPerAccount'
    | 'uploadsPerRepository'
    | 'uploads'
  >;
  readonly database: Database;
  readonly folder: DataFolder;
  readonly secrets: InstallationSecrets;
  readonly publicUrl: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  readonly events: Events;
  readonly passwords?: CredentialsOptions['passwords'] | undefined;
}

/**
 * Joins the rooms through their ports. The registry comes first: it needs of builds their fence
 * alone. Builds plan what sources learn, and ask them back for refs: that circle is closed here.
 */
export function createRooms(options: RoomsOptions): Rooms {
  const { database, folder, clock, ids, events, logger } = options;
  const blobs = createFilesystemBlobStore({ root: folder.blobs });
  const rules = [repositoryRules(clock), attemptRules(createAttemptFence())];
  const uploadLimits = uploadLimitsOf(options.config);
  const registry = createRegistry({ database, blobs, rules, clock, ids, uploadLimits });
  const builds = createBuilds({
    database,
    clock,
    ids,
    logs: blobs,
    publisher: createImagePublisher(registry),
    secretBox: createSecretBox(options.secrets.encryptionKey),
    sources: {
      prepare: (source) => sources.prepare(source),
      cloneAccess: (id) => sources.cloneAccess(id),
      listRefs: (id) => sources.listRefs(id),
      findRef: (id, ref) => sources.findRef(id, ref),
      listDeliveries: (id, page) => sources.listDeliveries(id, page),
    },
    limits: buildLimits(options.config),
    events: options.events,
    logger,
  });
  const gitHost = createGitHost({ database, clock, folder: folder.git });
  const sources = createSources({
    database,
    clock,
    ids,
    events,
    providers: { embedded: createEmbeddedProvider(gitHost) },
    listener: builds.planner,
    logger,
  });
  const repositories = createRepositories({ database, clock, isPrivateByDefault: false });
  const credentials = credentialsOf(options, builds);
  const accounts = createAccounts({ database });
  return { accounts, credentials, repositories, gitHost, sources, builds, registry };
}

function credentialsOf(options: RoomsOptions, { attemptOf }: Builds): Credentials {
  const { database, clock, ids, secrets, publicUrl, passwords } = options;
  return createCredentials({
    database,
    clock,
    ids,
    signingKeys: [secrets.signingKey],
    issuer: publicUrl,
    registryService: registryServiceOf(publicUrl),
    attemptOf,
    ...(passwords === undefined ? {} : { passwords }),
  });
}

function buildLimits(config: RoomsOptions['config']) {
  const { buildMinutes, buildsPerPush, concurrentBuilds, pendingBuilds } = config;
  return {
    concurrency: () => concurrentBuilds,
    pending: () => pendingBuilds,
    perPush: () => buildsPerPush,
    timeLimitMilliseconds: buildMinutes * 60_000,
  };
}

function uploadLimitsOf(config: RoomsOptions['config']) {
  const { uploadsPerAccount: perCaller, uploadsPerRepository: perRepository, uploads } = config;
  return { perCaller, perRepository, inAll: uploads };
}
