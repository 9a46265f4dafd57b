import {
  createBuilderApi,
  createHubApi,
  createSlipwayApi,
  createTokenHandler,
  registryChallenge,
} from '#api';
import { createGitHandler, type GitLimits } from '#githost';
import type { Clock } from '#kernel';
import type { Config } from '#platform/config';
import type { HttpHandler } from '#platform/http';
import type { Logger } from '#platform/telemetry';
import { createRegistryHandler } from '#registry';
import type { Rooms } from './create-rooms.ts';
import { createFirstPushes } from './first-pushes.ts';
import { createGitAccess } from './git-access.ts';
import { createHealthHandler, type Readiness } from './health.ts';
import { createPushRelay } from './push-relay.ts';
import { createRegistryAccess } from './registry-access.ts';
import { createRouter } from './route-request.ts';

export interface EdgesOptions {
  readonly config: Pick<Config, 'gitProcesses' | 'gitPushSize' | 'gitPushRefs'>;
  readonly rooms: Rooms;
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
export function createEdges(options: EdgesOptions): HttpHandler {
  const { rooms, publicUrl, logger, readiness } = options;
  const { credentials, repositories, gitHost, sources, registry, builds } = rooms;
  const { authenticate, registryTokens } = credentials;
  const { registryRights, sourceRights } = repositories;
  const challenge = (detail = {}) => registryChallenge(publicUrl, detail);
  const access = createRegistryAccess({ registryRights, authenticate, challenge });
  const firstPushes = createFirstPushes({ repositories, configurations: builds.configurations });
  const gitAccess = createGitAccess({ authenticate, sourceRights, sources, firstPushes });
  return createRouter({
    registry: createRegistryHandler({ registry, access, logger }),
    hubApi: createHubApi({ ...options, ...rooms }),
    token: createTokenHandler({ publicUrl, authenticate, registryTokens, registryRights }),
    git: createGitHandler({
      host: gitHost,
      access: gitAccess,
      pushed: createPushRelay(sources),
      limits: gitLimits(options.config),
      clock: options.clock,
      logger,
    }),
    slipwayApi: createSlipwayApi({ ...options, ...rooms }),
    builderApi: createBuilderApi({ ...options, builds }),
    health: createHealthHandler(readiness),
  });
}

function gitLimits({ gitProcesses, gitPushSize, gitPushRefs }: EdgesOptions['config']): GitLimits {
  return { processes: gitProcesses, pushBytes: gitPushSize, refs: gitPushRefs };
}
