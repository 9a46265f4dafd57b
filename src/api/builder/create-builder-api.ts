import type { Builds } from '#builds';
import type { HttpHandler } from '#platform/http';
import type { Logger } from '#platform/telemetry';
import { apiPrefixes, type ConnectionRequest, builderOperations as operations } from '#protocol';
import { createHttpApi } from '../kit/create-http-api.ts';
import { type Route, routesFor } from '../kit/route.ts';
import type { Stream } from '../kit/stream-reply.ts';
import type { Style } from '../kit/style.ts';
import { slipwayStyle } from '../slipway/slipway-style.ts';
import { aBuilder, type BuilderCaller, identifyBuilder, theAttempt } from './builder-admission.ts';
import { connectionEvents } from './connection-events.ts';

export interface BuilderApiOptions {
  readonly builds: Builds;
  /** Any of these makes its bearer a builder. */
  readonly builderTokens: readonly string[];
  readonly publicUrl: string;
  /** Aborts when the server stops: builders look for another one and keep what they run. */
  readonly stopping: AbortSignal;
  readonly logger: Logger;
}

/** As Slipway's own API; a builder of a newer version may say more than this server knows. */
const builderStyle: Style<'keyset'> = {
  ...slipwayStyle,
  prefix: apiPrefixes.builder,
  unknownFields: 'ignored',
};

const { route, streamRoute } = routesFor<BuilderCaller, 'keyset'>();

/** The builder protocol (`#protocol`, builder-protocol.ts), below `/api/builder/v1`. */
export function createBuilderApi(options: BuilderApiOptions): HttpHandler {
  const { builds, builderTokens, publicUrl, logger } = options;
  const credentials = { attempts: builds.attempts, builderTokens };
  return createHttpApi<BuilderCaller>({
    style: builderStyle,
    routes: builderRoutes(options),
    authenticate: ({ authorization }) => identifyBuilder(credentials, authorization),
    // A route says itself what its callers should have sent.
    isNobody: () => false,
    publicUrl,
    logger,
  });
}

function builderRoutes(options: BuilderApiOptions): readonly Route[] {
  const { attempts, builders } = options.builds;
  return [
    streamRoute(operations.openConnection, aBuilder, async ({ body }) =>
      connectionOf(options, body),
    ),
    route(operations.sendHeartbeat, aBuilder, async ({ body }) => {
      await builders.hear(body);
      return {};
    }),
    route(operations.sendLog, theAttempt, async ({ params, body }) => {
      await attempts.appendLog(params.attemptId, body);
      return {};
    }),
    route(operations.sendPhase, theAttempt, async ({ params, body }) => {
      await attempts.recordPhase(params.attemptId, body);
      return {};
    }),
    route(operations.publish, theAttempt, async ({ params }) => ({
      tags: [...(await attempts.publish(params.attemptId))],
    })),
    route(operations.finish, theAttempt, async ({ params, body }) => {
      await attempts.finish(params.attemptId, body);
      return {};
    }),
    route(operations.settle, theAttempt, async ({ params }) => {
      await attempts.settle(params.attemptId);
      return {};
    }),
  ];
}

/** One JSON text a line, until either side ends it: a line every few seconds shows that we are there. */
function connectionOf(
  { builds: { builders }, publicUrl, stopping, logger }: BuilderApiOptions,
  request: ConnectionRequest,
): Stream {
  const { name: builder, slots, troubles = [] } = request;
  if (troubles.length > 0) logger.warn({ builder, slots, troubles }, 'a builder is in trouble');
  return {
    headers: { 'cache-control': 'no-store' },
    isEndless: true,
    run: async ({ closed, send }) => {
      const events = connectionEvents({ builders, publicUrl }, request, { closed, stopping });
      for await (const event of events) await send(`${JSON.stringify(event)}\n`);
    },
  };
}
