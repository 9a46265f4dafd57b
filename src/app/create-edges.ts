import {
  accountRoutes,
  buildConfigurationRoutes,
  builderRoutes,
  buildRoutes,
  buildRuleRoutes,
  buildStreamRoutes,
  createApi,
  createTokenHandler,
  registryChallenge,
  repositoryRoutes,
} from '#api';
import { createGitHandler } from '#githost';
import type { Clock } from '#kernel';
import type { Database } from '#platform/db';
import type { HttpHandler } from '#platform/http';
import type { Logger } from '#platform/telemetry';
import { createRegistryHandler } from '#registry';
import { createPassOf } from './attempt-passes.ts';
import type { Rooms } from './create-rooms.ts';
import { createGitAccess } from './git-access.ts';
import { createHealthHandler, type Readiness } from './health.ts';
import { answerHubApi } from './hub-api.ts';
import { createPushRelay } from './push-relay.ts';
import { createRegistryAccess } from './registry-access.ts';
import { createRouter } from './route-request.ts';

export interface EdgesOptions {
  readonly rooms: Rooms;
  readonly database: Database;
  readonly publicUrl: string;
  readonly version: string;
  /** Ends the connections of builders, which look for another server. */
  readonly stopping: AbortSignal;
  readonly builderTokens: readonly string[];
  readonly readiness: Readiness;
  /** Ends streams that would go on for ever: the server stops. */
  readonly closing: AbortSignal;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Everything that answers requests, behind the one address. */
export async function createEdges(options: EdgesOptions): Promise<HttpHandler> {
  const { rooms, database, publicUrl, clock, logger, readiness } = options;
  const { credentials, repositories, gitHost, sources, registry } = rooms;
  const { authenticate, registryTokens } = credentials;
  const { registryRights } = repositories;
  const passOf = createPassOf(rooms.builds.attempts, clock);
  const challenge = (detail = {}) => registryChallenge(publicUrl, detail);
  const access = createRegistryAccess({
    repositories,
    authenticate,
    registryTokens,
    passOf,
    challenge,
  });
  const gitAccess = createGitAccess({ database, authenticate, passOf, sources });
  return createRouter({
    registry: createRegistryHandler({ registry, access, logger }),
    hubApi: answerHubApi,
    token: createTokenHandler({ publicUrl, authenticate, registryTokens, registryRights }),
    git: createGitHandler({
      host: gitHost,
      access: gitAccess,
      pushed: createPushRelay(sources),
      logger,
    }),
    api: await apiOf(options),
    health: createHealthHandler(readiness),
  });
}

function apiOf(options: EdgesOptions): Promise<HttpHandler> {
  const { rooms, publicUrl, version, stopping, builderTokens, closing, clock, logger } = options;
  const { credentials, repositories, sources, builds, registry } = rooms;
  const { authenticate } = credentials;
  const configurationRooms = { repositories, sources, builds, clock, publicUrl };
  return createApi({
    routes: [
      ...accountRoutes(credentials),
      ...repositoryRoutes(repositories, registry),
      ...buildConfigurationRoutes(configurationRooms),
      ...buildRuleRoutes(configurationRooms),
      ...buildRoutes({ repositories, sources, builds }),
    ],
    parts: [
      buildStreamRoutes({ repositories, sources, builds, authenticate, closing }),
      builderRoutes({ builds, publicUrl, stopping, builderTokens }),
    ],
    authenticate,
    logger,
    version,
  });
}
