import type { FastifyInstance, FastifyRequest } from 'fastify';
import { nobody } from '#access';
import type { Authentication } from '#credentials';
import { remoteAddressOf } from '#platform/http';
import type { Operation } from '#protocol';
import { assertStorable } from '../storable-text.ts';
import type { Access } from './access.ts';
import type { Call, Route } from './route.ts';
import { routeSchema } from './route-schema.ts';

export interface RouteContext {
  authenticate(request: {
    readonly authorization: string | undefined;
    readonly remoteAddress: string;
  }): Promise<Authentication>;
}

/** Puts a declared operation onto the server: checks, access, handler, answer. */
export function registerRoute(server: FastifyInstance, { route, context }: Registration): void {
  const { operation, access } = route;
  const handle = route.handle as (call: unknown) => Promise<unknown>;
  server.route({
    method: operation.method,
    url: `/api/v1${operation.path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    schema: routeSchema(operation, access),
    handler: async (request, reply) => {
      const call = await callOf(request, { operation, context });
      const findings = await (access as Access<object, unknown>).check(call);
      const answer = await handle({ ...call, ...findings });
      return reply.status(operation.status).send(answer);
    },
  });
}

interface Registration {
  readonly route: Route;
  readonly context: RouteContext;
}

async function callOf(
  request: FastifyRequest,
  { operation, context }: { operation: Operation; context: RouteContext },
): Promise<Call<unknown, unknown, unknown>> {
  const { params, query, body } = request;
  for (const part of [params, query, body]) assertStorable(part, '');
  const remoteAddress = remoteAddressOf(request.raw);
  // Logging in replaces a credential, so one that has ended must not stand in its way.
  const { principal } =
    operation.id === 'login'
      ? { principal: nobody }
      : await context.authenticate({ authorization: request.headers.authorization, remoteAddress });
  return { principal, remoteAddress, params, query, body };
}
