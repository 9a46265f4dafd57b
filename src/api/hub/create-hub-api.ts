import { isLoggedIn } from '#access';
import type { Authenticate } from '#credentials';
import type { HttpHandler } from '#platform/http';
import type { Logger } from '#platform/telemetry';
import { createHttpApi } from '../kit/create-http-api.ts';
import { hubStyle } from './hub-style.ts';

export interface HubApiOptions {
  readonly authenticate: Authenticate;
  readonly publicUrl: string;
  readonly logger: Logger;
}

/**
 * Docker Hub's API below `/v2/`, beside the registry. It has no operations yet: its first segments
 * are kept from repositories' names, and a client learns in Hub's words that nothing is there.
 */
export function createHubApi(options: HubApiOptions): HttpHandler {
  return createHttpApi({
    ...options,
    style: hubStyle,
    routes: [],
    isNobody: ({ principal }) => !isLoggedIn(principal),
  });
}
