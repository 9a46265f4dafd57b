import swagger from '@fastify/swagger';
import { type FastifyInstance, fastify } from 'fastify';
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';
import type { Authenticate } from '#credentials';
import type { HttpHandler } from '#platform/http';
import type { Logger } from '#platform/telemetry';
import { apiErrors } from './api-errors.ts';
import { createErrorReply } from './error-reply.ts';
import { registerRoute } from './slipway/register-route.ts';
import type { Route } from './slipway/route.ts';

/** A part of the API that declares its own routes, such as streams. */
export type ApiPart = (server: FastifyInstance, context: { readonly logger: Logger }) => void;

export interface ApiOptions {
  readonly routes: readonly Route[];
  readonly parts: readonly ApiPart[];
  readonly authenticate: Authenticate;
  readonly logger: Logger;
  readonly version: string;
}

/** A save of a configuration with as many variables as there may be, each as long as it may be. */
const bodyLimitBytes = 8 * 1024 * 1024;
/** No name is longer; its slashes take three characters each. */
const longestParameter = 1_024;

/** Everything under `/api/`: Slipway's API, its OpenAPI document and the builder protocol. */
export async function createApi(options: ApiOptions): Promise<HttpHandler> {
  const replyToError = createErrorReply(options.logger);
  const server = fastify({
    logger: false,
    bodyLimit: bodyLimitBytes,
    return503OnClosing: false,
    routerOptions: { maxParamLength: longestParameter },
    frameworkErrors: (error, request, reply) => void replyToError(error, request, reply),
  });
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  server.setErrorHandler(replyToError);
  server.setNotFoundHandler(() => {
    throw notFound();
  });
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Slipway', version: options.version },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    },
    transform: jsonSchemaTransform,
  });
  // Routes come after the plug-in is ready, or the document would miss them.
  await server.register(async (scope) => {
    for (const route of options.routes) registerRoute(scope, { route, context: options });
    for (const part of options.parts) part(scope, options);
    scope.get('/api/openapi.json', { schema: { hide: true } }, async () => server.swagger());
  });
  await server.ready();
  return async (request, response) => {
    server.routing(request, response);
  };
}

function notFound() {
  return apiErrors.fail('NOT_FOUND', 'the API has no such operation; see /api/openapi.json');
}
