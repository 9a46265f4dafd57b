import { isLoggedIn } from '#access';
import type { Accounts } from '#accounts';
import type { Builds } from '#builds';
import type { Credentials } from '#credentials';
import type { Clock } from '#kernel';
import type { HttpHandler } from '#platform/http';
import type { Logger } from '#platform/telemetry';
import type { Registry } from '#registry';
import type { Repositories } from '#repositories';
import { createHttpApi } from '../kit/create-http-api.ts';
import { accountRoutes } from './accounts/account-routes.ts';
import { createHubAuthenticate } from './hub-authenticate.ts';
import { hubStyle } from './hub-style.ts';
import { logInRoutes } from './log-in/log-in-routes.ts';
import { repositoryRoutes } from './repositories/repository-routes.ts';
import { tagRoutes } from './tags/tag-routes.ts';

export interface HubApiOptions {
  readonly accounts: Accounts;
  readonly credentials: Credentials;
  readonly repositories: Repositories;
  readonly registry: Registry;
  readonly builds: Builds;
  readonly publicUrl: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Docker Hub's API below `/v2/`, beside the registry, as Hub's clients speak it. Its first segments
 * are kept from repositories' names, and a client learns in Hub's words that something is not there.
 */
export function createHubApi(options: HubApiOptions): HttpHandler {
  const { accounts, credentials, repositories, registry, publicUrl, logger } = options;
  return createHttpApi({
    style: hubStyle,
    routes: [
      ...logInRoutes(credentials),
      ...accountRoutes(accounts),
      ...repositoryRoutes({
        repositories,
        contents: registry.contents,
        configurations: options.builds.configurations,
      }),
      ...tagRoutes(options),
    ],
    authenticate: createHubAuthenticate(credentials.authenticate),
    isNobody: ({ principal }) => !isLoggedIn(principal),
    publicUrl,
    logger,
  });
}
