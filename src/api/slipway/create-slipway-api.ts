import { isLoggedIn } from '#access';
import type { Accounts } from '#accounts';
import type { Builds } from '#builds';
import type { Credentials } from '#credentials';
import { type Exchange, type HttpHandler, sendAnswer } from '#platform/http';
import type { Logger } from '#platform/telemetry';
import { problem } from '#protocol';
import type { Registry } from '#registry';
import type { Repositories } from '#repositories';
import { createHttpApi } from '../kit/create-http-api.ts';
import { describeApi } from '../kit/describe-api.ts';
import type { Route } from '../kit/route.ts';
import { accountRoutes } from './account-routes.ts';
import { accountSessionRoutes } from './account-session-routes.ts';
import { buildConfigurationRoutes } from './build-configuration-routes.ts';
import { buildRoutes } from './build-routes.ts';
import { buildStreamRoutes } from './build-stream-routes.ts';
import { repositoryRoutes } from './repository-routes.ts';
import { slipwayStyle } from './slipway-style.ts';

export interface SlipwayApiOptions {
  readonly accounts: Accounts;
  readonly credentials: Credentials;
  readonly repositories: Repositories;
  readonly builds: Builds;
  readonly registry: Registry;
  readonly publicUrl: string;
  readonly version: string;
  /** Ends streams that would go on for ever: the server stops. */
  readonly closing: AbortSignal;
  readonly logger: Logger;
}

const documentPath = '/api/openapi.json';

/** Slipway's own API, and its OpenAPI document: everything below `/api/` that is not the builders'. */
export function createSlipwayApi(options: SlipwayApiOptions): HttpHandler {
  const { credentials, publicUrl, version, logger } = options;
  const routes = routesOf(options);
  const api = createHttpApi({
    style: slipwayStyle,
    routes,
    authenticate: credentials.authenticate,
    isNobody: ({ principal }) => !isLoggedIn(principal),
    publicUrl,
    logger,
  });
  const document = JSON.stringify(
    describeApi({
      title: 'Slipway',
      version,
      style: slipwayStyle,
      routes,
      errorSchema: problem,
    }),
  );
  return async (request, response) => {
    if (isDocumentAsked(request)) sendDocument({ request, response }, document);
    else await api(request, response);
  };
}

function routesOf(rooms: SlipwayApiOptions): readonly Route[] {
  return [
    ...accountRoutes(rooms.accounts, rooms.credentials),
    ...accountSessionRoutes(rooms.credentials),
    ...repositoryRoutes(rooms.repositories, rooms.registry),
    ...buildConfigurationRoutes(rooms),
    ...buildRoutes(rooms.builds),
    ...buildStreamRoutes(rooms),
  ];
}

function isDocumentAsked({ method, url = '/' }: Exchange['request']): boolean {
  return (method === 'GET' || method === 'HEAD') && url.split('?', 1)[0] === documentPath;
}

function sendDocument(exchange: Exchange, body: string): void {
  const headers = { 'content-type': slipwayStyle.answerType };
  sendAnswer(exchange, { status: 200, headers, body });
}
